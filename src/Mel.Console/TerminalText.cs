using System.Globalization;
using System.Text;

namespace Mel.Terminal;

/// <summary>Makes text from a model or a file safe to show: it can neither move the cursor, nor change colors, nor reorder what stands around it.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Control characters become their pictures (U+2400 onwards) or U+FFFD, as do the marks that override the reading direction; line feeds and tabs stay.
    /// </summary>
    public static string Safe(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (char c in text.ReplaceLineEndings("\n"))
        {
            if (c is '\n' or '\t' || !(char.IsControl(c) || IsDirectionMark(c))) safe.Append(c);
            else safe.Append(c < ' ' ? (char)('\u2400' + c) : c == '\u007F' ? '\u2421' : '\uFFFD');
        }
        return safe.ToString();
    }

    /// <summary>The text as <see cref="Safe"/> makes it, with line feeds and tabs as spaces.</summary>
    public static string OneLine(string text) => Safe(text.Trim()).Replace('\n', ' ').Replace('\t', ' ');

    /// <summary>The text cut to a number of columns, counting one for each character that is shown.</summary>
    public static string Cut(string text, int columns)
    {
        var elements = new StringInfo(text);
        if (columns <= 0) return "";
        return elements.LengthInTextElements <= columns ? text : elements.SubstringByTextElements(0, columns - 1) + "…";
    }

    private static bool IsDirectionMark(char c)
        => c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u2028' or '\u2029';
}
