using System.Text;
using Mel.Runtime;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Chat;

/// <summary>Applies a <see cref="SpecialTokenText"/> to the contents of messages.</summary>
internal sealed class SpecialTokenGuard
{
    private const char ZeroWidthSpace = '\u200B';

    private readonly SpecialTokenText _policy;
    private readonly TextMatcher _tokens;

    /// <summary>Creates a guard.</summary>
    /// <param name="policy">What to do with a token's text.</param>
    /// <param name="tokens">The texts of the tokens, none empty.</param>
    public SpecialTokenGuard(SpecialTokenText policy, IEnumerable<string> tokens)
    {
        _policy = policy;
        _tokens = new TextMatcher(tokens);
    }

    /// <summary>The content as it may stand in a prompt.</summary>
    /// <param name="content">The content.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="SpecialTokenTextException">It holds a token's text and the policy is to refuse that.</exception>
    public string Apply(string content, string place)
    {
        if (_policy == SpecialTokenText.Allow || _tokens.Find(content, 0, out int start) is not { } token) return content;
        return _policy == SpecialTokenText.Escape ? Escaped(content, start) : throw new SpecialTokenTextException(token, place);
    }

    private string Escaped(string content, int start)
    {
        var escaped = new StringBuilder(content.Length + 16);
        int written = 0;
        do
        {
            escaped.Append(content, written, start + 1 - written).Append(ZeroWidthSpace);
            written = start + 1;
        }
        while (_tokens.Find(content, written, out start) is not null);

        return escaped.Append(content, written, content.Length - written).ToString();
    }
}

/// <summary>The content of a message holds the text of a special token, and the template was told to refuse that.</summary>
public sealed class SpecialTokenTextException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="token">The text of the special token.</param>
    /// <param name="place">Where it was found, such as "message 2 (user)".</param>
    public SpecialTokenTextException(string token, string place)
        : base($"The content of {place} holds {Excerpt.Quoted(token)}, which the tokenizer would turn into the special token of that name. " +
            "Remove it, or set SpecialTokenText to Escape (plain text) or Allow.")
        => Token = token;

    /// <summary>The text of the special token.</summary>
    public string Token { get; }
}
