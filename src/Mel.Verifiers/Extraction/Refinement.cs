using System.Text;

namespace Mel.Verifiers.Extraction;

/// <summary>Cuts the text behind an anchor down to the answer in it.</summary>
internal static class Refinement
{
    // far above the budget of an answer, so that a longer text is refused and not copied
    private const int Longest = 1 << 16;

    private static readonly string[] Cuts = [", not ", " not ", " because ", " since ", ", which ", ", so ", " rather than ", ", where ", ", but ", ", it ",
        " but ", ", as ", ", since ", ", because "];

    /// <summary>The answer within [start, end): a box, mathematics between dollar signs, or the plain text without markup and remarks.</summary>
    public static ExtractedAnswer? Refine(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        start = Math.Max(start, end - Longest);
        (start, end) = Trimmed(text, start, end);
        if (start >= end) return null;
        ReadOnlySpan<char> content = text.AsSpan(start, end - start);
        if (content.Contains("box", StringComparison.Ordinal))
        {
            ExtractedAnswer? box = Boxes.Find(content.ToString(), 0, content.Length, reading, out closed);
            if (box is { } boxed) return boxed with { Start = boxed.Start + start, End = boxed.End + start };
            if (closed) return null;
        }
        if (reading.WholeStatements) return new ExtractedAnswer(WithoutEmphasis(content), start, end, default);
        if (content.ContainsAny('$', '\\') && MathSegments.In(text, start, end) is { } segment) return segment;
        foreach (string cut in Cuts)
        {
            int at = content.IndexOf(cut, StringComparison.OrdinalIgnoreCase);
            if (at > 0) content = content[..at];
        }
        (int from, int to) = Trimmed(text, start, start + content.Length);
        // a sentence rather than a quantity: the number in it
        if (to > from && IsSentence(text.AsSpan(from, to - from)) && PlainAnswers.LastExpression(text, from, to) is { } number) return number;
        return from >= to ? null : new ExtractedAnswer(WithoutEmphasis(text.AsSpan(from, to - from)), from, to, default);
    }

    // Stars of emphasis stand at one side of a space or at an end; between two operands they are a power.
    private static string WithoutEmphasis(ReadOnlySpan<char> content)
    {
        if (!content.Contains("**", StringComparison.Ordinal)) return content.ToString();
        StringBuilder plain = new(content.Length);
        for (int i = 0; i < content.Length; i++)
        {
            bool stars = content[i] == '*' && i + 1 < content.Length && content[i + 1] == '*';
            if (stars && IsBoundary(content, i - 1) != IsBoundary(content, i + 2)) i++;
            else plain.Append(content[i]);
        }
        return plain.ToString();
    }

    private static bool IsBoundary(ReadOnlySpan<char> content, int at)
        => at < 0 || at >= content.Length || char.IsWhiteSpace(content[at]) || content[at] is '.' or ',' or ';' or ':';

    private static bool IsSentence(ReadOnlySpan<char> content)
    {
        if (!content.ContainsAnyInRange('0', '9') || char.IsAsciiDigit(content[0]) || content[0] is '-' or '$' or '.' or '\\' or '(' or '[' or '+')
            return false;
        int words = 0, run = 0;
        bool foreign = false;
        bool command = false;
        foreach (char c in content)
        {
            if (char.IsLetter(c))
            {
                foreign |= c > 0x2E80;
                if (++run == 2 && !command) words++;
                continue;
            }
            command = c == '\\';
            run = 0;
        }
        return foreign || words > 3;
    }

    /// <summary>Without spaces, emphasis and closing punctuation on either side.</summary>
    public static (int Start, int End) Trimmed(string text, int start, int end)
    {
        while (start < end && (char.IsWhiteSpace(text[start]) || text[start] is '*' or ':' or '：' or '`' or '"' or '}')) start++;
        while (end > start && (char.IsWhiteSpace(text[end - 1]) || text[end - 1] is '*' or '.' or ',' or ';' or ':' or '`' or '"' or '。' or '，'
            || text[end - 1] == '!' && end > start + 1 && text[end - 2] is '$' or '*' or ' '))
        {
            if (text[end - 1] == '.' && end - start > 2 && text[end - 2] == '\\') break;
            end--;
        }
        return (start, end);
    }
}
