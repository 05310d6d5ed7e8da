using System.Buffers;
using System.Text;

namespace Mel.Transformers.Chat;

/// <summary>Applies a <see cref="SpecialTokenText"/> to the contents of messages.</summary>
internal sealed class SpecialTokenGuard
{
    private const char ZeroWidthSpace = '\u200B';

    private readonly SpecialTokenText _policy;
    private readonly string[] _tokens;
    private readonly SearchValues<string> _search;

    /// <summary>Creates a guard.</summary>
    /// <param name="policy">What to do with a token's text.</param>
    /// <param name="tokens">The texts of the tokens, none empty.</param>
    public SpecialTokenGuard(SpecialTokenText policy, IEnumerable<string> tokens)
    {
        _policy = policy;
        _tokens = [.. tokens.Distinct(StringComparer.Ordinal).OrderByDescending(token => token.Length)];
        _search = SearchValues.Create(_tokens, StringComparison.Ordinal);
    }

    /// <summary>The content as it may stand in a prompt.</summary>
    /// <param name="content">The content.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <exception cref="SpecialTokenTextException">It holds a token's text and the policy is to refuse that.</exception>
    public string Apply(string content, string place)
    {
        int found = _policy == SpecialTokenText.Allow ? -1 : content.AsSpan().IndexOfAny(_search);
        if (found < 0) return content;
        if (_policy == SpecialTokenText.Escape) return Escaped(content);
        throw new SpecialTokenTextException(_tokens.First(token => content.AsSpan(found).StartsWith(token, StringComparison.Ordinal)), place);
    }

    private string Escaped(string content)
    {
        var escaped = new StringBuilder(content.Length + 16);
        ReadOnlySpan<char> rest = content;
        for (int found = rest.IndexOfAny(_search); found >= 0; found = rest.IndexOfAny(_search))
        {
            escaped.Append(rest[..(found + 1)]).Append(ZeroWidthSpace);
            rest = rest[(found + 1)..];
        }

        return escaped.Append(rest).ToString();
    }
}

/// <summary>The content of a message holds the text of a special token, and the template was told to refuse that.</summary>
public sealed class SpecialTokenTextException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="token">The text of the special token.</param>
    /// <param name="place">Where it was found, such as "message 2 (user)".</param>
    public SpecialTokenTextException(string token, string place)
        : base($"The content of {place} holds '{token}', which the tokenizer would turn into the special token of that name. " +
            "Remove it, or set SpecialTokenText to Escape (plain text) or Allow.")
        => Token = token;

    /// <summary>The text of the special token.</summary>
    public string Token { get; }
}
