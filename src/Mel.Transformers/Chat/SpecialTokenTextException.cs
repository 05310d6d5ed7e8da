namespace Mel.Transformers.Chat;

/// <summary>The content of a message holds the text of a special token, and the template was told to refuse that.</summary>
public sealed class SpecialTokenTextException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="token">The text of the special token.</param>
    /// <param name="place">Where it was found, such as "message 2 (user)".</param>
    public SpecialTokenTextException(string token, string place)
        : base($"The content of {place} holds '{token}', which the tokenizer would turn into the special token of that name. Remove it, or set SpecialTokenText to Escape (plain text) or Allow.")
        => Token = token;

    /// <summary>The text of the special token.</summary>
    public string Token { get; }
}
