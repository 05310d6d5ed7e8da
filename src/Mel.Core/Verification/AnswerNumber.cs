using System.Globalization;

namespace Mel.Verification;

/// <summary>Reads plain decimal numbers: sign, digits with thousands separators, fraction.</summary>
internal static class AnswerNumber
{
    private const int MaxLength = 64;
    private const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowExponent;

    public static bool TryParse(ReadOnlySpan<char> text, out decimal value)
    {
        text = text.Trim("$ \t\r\n").TrimEnd('.');
        value = 0;
        return text.Length <= MaxLength && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The last number written in a text, read from its end.</summary>
    public static bool TryFindLast(ReadOnlySpan<char> text, out decimal value)
    {
        value = 0;
        int last = text.LastIndexOfAnyInRange('0', '9');
        if (last < 0) return false;
        int first = last;
        while (first > 0 && last - first < MaxLength && (char.IsAsciiDigit(text[first - 1]) || text[first - 1] is '.' or ',')) first--;
        if (first > 0 && text[first - 1] is '-' or '+' && !(first > 1 && char.IsLetterOrDigit(text[first - 2]))) first--;
        return TryParse(text[first..(last + 1)].TrimStart(".,"), out value);
    }
}
