using System.Globalization;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>Python's characters are code points; .NET's are halves of them beyond the first plane.</summary>
internal static class CodePoints
{
    /// <summary>Whether every character is a code point.</summary>
    public static bool IsPlain(string text) => text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0;

    public static int Count(string text)
    {
        if (IsPlain(text)) return text.Length;
        int count = text.Length;
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && char.IsHighSurrogate(text[i - 1])) count--;
        }

        return count;
    }

    /// <summary>The code points, a text each.</summary>
    public static IEnumerable<string> Each(string text)
    {
        for (int i = 0; i < text.Length; i += Width(text, i)) yield return text.Substring(i, Width(text, i));
    }

    /// <summary>The code point at a place.</summary>
    public static string At(string text, int place)
    {
        int at = Offset(text, place);
        return text.Substring(at, Width(text, at));
    }

    /// <summary>Where a code point begins.</summary>
    public static int Offset(string text, int place)
    {
        if (IsPlain(text)) return Math.Min(place, text.Length);
        int at = 0;
        for (; place > 0 && at < text.Length; place--) at += Width(text, at);
        return at;
    }

    /// <summary>How many code points lie before a place.</summary>
    public static int Index(string text, int offset) => IsPlain(text) ? offset : Count(text[..offset]);

    public static string Slice(string text, SliceValue slice, Budget budget)
    {
        budget.ChargeText(text.Length);
        int count = Count(text);
        (int from, int to, int by) = slice.Resolve(count);
        if (by == 1)
        {
            if (to <= from) return "";
            int start = Offset(text, from);
            return text[start..(start + Offset(text[start..], to - from))];
        }

        string[] all = [.. Each(text)];
        return string.Concat(slice.Indices(count).Select(i => all[i]));
    }

    /// <summary>The order of two texts by code points.</summary>
    public static int Compare(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int i = left.AsSpan().CommonPrefixLength(right);
        if (i == length) return left.Length.CompareTo(right.Length);
        char a = left[i], b = right[i];
        return char.IsSurrogate(a) != char.IsSurrogate(b) ? char.IsSurrogate(a).CompareTo(char.IsSurrogate(b)) : a.CompareTo(b);
    }

    public static UnicodeCategory Category(string point) => point.Length == 2
        ? CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(point, 0))
        : CharUnicodeInfo.GetUnicodeCategory(point[0]);

    /// <summary>Whether Python calls it white space: U+001C to U+001F belong to it.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';

    private static int Width(string text, int at) => char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
}

/// <summary>Texts as <c>repr</c> writes them.</summary>
internal static class TextRepr
{
    public static void Write(StringBuilder written, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        written.Append(quote);
        foreach (string point in CodePoints.Each(text))
        {
            char c = point[0];
            _ = c switch
            {
                '\\' => written.Append(@"\\"),
                '\n' => written.Append(@"\n"),
                '\r' => written.Append(@"\r"),
                '\t' => written.Append(@"\t"),
                _ when c == quote => written.Append('\\').Append(c),
                >= ' ' and < '\x7f' => written.Append(c),
                _ when IsPrintable(point) => written.Append(point),
                _ => Escape(written, point),
            };
        }

        written.Append(quote);
    }

    public static bool IsPrintable(string point) => point == " " || CodePoints.Category(point) is not (UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    private static StringBuilder Escape(StringBuilder written, string point)
    {
        int code = point.Length == 2 ? char.ConvertToUtf32(point, 0) : point[0];
        return code switch
        {
            < 0x100 => written.Append(CultureInfo.InvariantCulture, $"\\x{code:x2}"),
            < 0x10000 => written.Append(CultureInfo.InvariantCulture, $"\\u{code:x4}"),
            _ => written.Append(CultureInfo.InvariantCulture, $"\\U{code:x8}"),
        };
    }
}
