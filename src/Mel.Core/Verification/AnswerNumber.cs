using System.Globalization;

namespace Mel.Verification;

/// <summary>Reads plain decimal numbers: sign, digits with thousands separators, fraction.</summary>
internal static class AnswerNumber
{
    private const int MaxLength = 64;
    private const NumberStyles Style =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowExponent;

    public static bool TryParse(ReadOnlySpan<char> text, out decimal value)
    {
        text = text.Trim("$ \t\r\n").TrimEnd('.');
        value = 0;
        return text.Length <= MaxLength && IsGrouped(text) && decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether commas separate thousands: '1,234' is a number, '1,2' a pair, which a parser of numbers would take for 12.</summary>
    private static bool IsGrouped(ReadOnlySpan<char> text)
    {
        int comma = text.IndexOf(',');
        if (comma < 0) return true;
        if (comma is 0 or > 4 || !char.IsAsciiDigit(text[comma - 1])) return false;
        while (comma >= 0)
        {
            text = text[(comma + 1)..];
            int digits = text.IndexOfAnyExceptInRange('0', '9');
            if ((digits < 0 ? text.Length : digits) != 3) return false;
            comma = digits >= 0 && text[digits] == ',' ? digits : -1;
        }

        return !text[3..].Contains(',');
    }

    /// <summary>The one notation of a number: 2, 2.0 and +2 are one answer.</summary>
    public static string Plain(decimal value) => value.ToString("0.############################", CultureInfo.InvariantCulture);

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
