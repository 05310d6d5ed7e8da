namespace Mel.Transformers.Chat;

/// <summary>No template at all: a base model continues the message itself.</summary>
public sealed class RawPromptTemplate : IPromptTemplate
{
    private readonly SpecialTokenGuard _guard;

    /// <summary>Creates the template.</summary>
    /// <param name="prefix">Text before every message, such as the begin-of-text token that Llama models expect, or nothing.</param>
    /// <param name="options">What happens to the text of which special tokens in messages, or null to leave it; other settings have no meaning here.</param>
    public RawPromptTemplate(string prefix = "", ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        options ??= new ChatTemplateOptions();
        Prefix = prefix;
        _guard = new SpecialTokenGuard(options.SpecialTokenText, [.. options.SpecialTokens, .. options.MarkerTokens]);
    }

    /// <summary>The text before every message.</summary>
    public string Prefix { get; }

    /// <inheritdoc/>
    /// <exception cref="SpecialTokenTextException">The message holds the text of a special token and the options say to refuse that.</exception>
    public string Render(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Prefix + _guard.Apply(message, "the message");
    }
}
