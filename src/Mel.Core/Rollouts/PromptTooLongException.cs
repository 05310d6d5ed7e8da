namespace Mel.Rollouts;

/// <summary>A prompt, or a prompt with its response, does not fit into the context of the model.</summary>
public sealed class PromptTooLongException : ArgumentException
{
    /// <summary>Creates the exception with a message that names both sizes.</summary>
    /// <param name="what">What was too long, for instance <c>prompt 'dapo/00001'</c>.</param>
    /// <param name="tokens">Its length in tokens.</param>
    /// <param name="contextTokens">The context of the model in tokens.</param>
    public PromptTooLongException(string what, int tokens, int contextTokens)
        : base(
            $"{what} has {tokens} tokens, but the context of the model is {contextTokens} tokens and a response needs at least one; "
            + "leave it out, shorten it, or use a model with a longer context.")
    {
        Tokens = tokens;
        ContextTokens = contextTokens;
    }

    /// <summary>Length of what was given, in tokens.</summary>
    public int Tokens { get; }

    /// <summary>Context of the model, in tokens.</summary>
    public int ContextTokens { get; }
}
