using System.Globalization;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Units;

/// <summary>Reads the words behind a number: "million dollars", "square feet", "m/s^2", "km per hour", "degrees Celsius", "apples".</summary>
internal static class UnitReader
{
    private const int MaxWords = 24;

    /// <summary>
    /// The meaning of the words, or null when they deny, compare or choose, so that no number can be taken. In <paramref name="isText"/>, behind a number in a
    /// text command, single letters are units.
    /// </summary>
    public static Phrase? Read(string text, bool isText)
    {
        List<string> words = Split(text);
        if (words.Count > MaxWords) return null;
        Phrase phrase = new();
        int at = 0;
        while (at < words.Count && Scale(words, ref at, isText) is { } scale) phrase = phrase with { Scale = phrase.Scale * scale };
        if (at < words.Count && words[at] is "squared" or "cubed") phrase = phrase with { Power = words[at++] == "squared" ? 2 : 3 };
        while (at < words.Count && words[at] is "of" or "a" or "an" or "the") at++;
        string first = at < words.Count ? words[at].ToLowerInvariant() : "";
        if (first is "percent" or "%" or "percentage" or "pct" or "percents" || first == "per" && at + 1 < words.Count && words[at + 1] == "cent")
        {
            at += first == "per" ? 2 : 1;
            phrase = phrase with { IsPercent = true };
        }
        else if (first is "degrees" or "degree" or "deg" or "°" && Temperature(words, at + 1) is { } temperature)
        {
            phrase = phrase with { Unit = temperature };
            at += 2;
        }
        else if (first is "degrees" or "degree" or "deg" or "°")
        {
            phrase = phrase with { IsDegree = true };
            at++;
        }
        else if (Product(words, ref at, isText) is { } unit) phrase = phrase with { Unit = unit };
        return Remainder(phrase, words, at);
    }

    /// <summary>The unit that the whole text names, or null when something is left over.</summary>
    public static Unit? Whole(string text)
    {
        List<string> words = Split(text);
        int at = 0;
        return words.Count is > 0 and <= MaxWords && Product(words, ref at, isText: true) is { } unit && at == words.Count ? unit : null;
    }

    // what stands behind the unit qualifies it, unless it makes the phrase unreadable
    private static Phrase? Remainder(Phrase phrase, List<string> words, int at)
    {
        if (at + 1 < words.Count && words[^1] == "zero" && words[^2] is "below" or "under" or "above" or "over")
        {
            if (words[^2] is "below" or "under") phrase = phrase with { IsBelowZero = true };
            words.RemoveRange(words.Count - 2, 2);
        }
        if (words.Count - at >= 2 && words[at] is "is" or "are" && CountedWords.Restricts(words[at + 1])) at++;
        List<string> rest = [];
        for (; at < words.Count; at++)
        {
            string word = words[at];
            if (CountedWords.IsUnreadable(word) && !(word is "May") || word.AsSpan().ContainsAnyInRange('0', '9')) return null;
            if (!char.IsLetter(word[0]))
            {
                if (word is "/" or "*" or "^" or "(" or ")" or "-") return null;
                continue;
            }
            if (!CountedWords.IsIdle(word)) rest.Add(CountedWords.Stem(word));
        }
        return phrase with { Unit = phrase.Unit.With(rest) };
    }

    private static BigRational? Scale(List<string> words, ref int at, bool isText)
    {
        string word = words[at];
        BigRational scale;
        if (ScaleWords.TryGet(word, out scale) || isText && at == 0 && words.Count == 1 && Letter(word, out scale))
        {
            at++;
            return scale;
        }
        // 3万, 2亿元, 5千: a character in front of a unit, unless both are one name as in 千克
        if (word[0] < 128 || UnitTable.TryName(word, out _) || !ScaleWords.TryChinese(word[0], out scale)) return null;
        if (word.Length == 1) at++;
        else words[at] = word[1..];
        return scale;
    }

    // 6B, 6M, 6k
    private static bool Letter(string word, out BigRational scale)
    {
        int power = word switch { "B" => 9, "M" => 6, "k" => 3, _ => 0 };
        scale = BigRational.PowerOfTen(power);
        return power > 0;
    }

    private static Unit? Temperature(List<string> words, int at)
    {
        if (at >= words.Count) return null;
        string name = words[at] switch { "C" or "c" => "celsius", "F" => "fahrenheit", string other => other };
        return UnitTable.TryName(name, out Unit unit) && unit.Dimension is "celsius" or "fahrenheit" ? unit : null;
    }

    private static Unit? Product(List<string> words, ref int at, bool isText)
    {
        if (Factor(words, ref at, isText) is not { } product) return null;
        while (at < words.Count)
        {
            int mark = at;
            bool over = words[at] is "/" or "per" or "每";
            bool joined = over || words[at] is "*" or "·" || words[at] is "-";
            if (joined) at++;
            while (over && at < words.Count && words[at] is "a" or "an" or "each") at++;
            Unit? next = over && at < words.Count && words[at] == "(" ? Bracket(words, ref at) : Factor(words, ref at, isText || joined);
            Unit? result = next is null ? null : over ? product.Over(next) : product.Times(next);
            if (result is null || !joined && !product.IsMeasure)
            {
                at = mark;
                break;
            }
            product = result;
        }
        return product;
    }

    // (kg K) in J/(kg K)
    private static Unit? Bracket(List<string> words, ref int at)
    {
        int close = words.IndexOf(")", at);
        if (close < 0) return null;
        List<string> inner = words.GetRange(at + 1, close - at - 1);
        int end = 0;
        if (inner.Count == 0 || inner.Contains("(") || Product(inner, ref end, isText: true) is not { } unit || end != inner.Count) return null;
        at = close + 1;
        return unit;
    }

    private static Unit? Factor(List<string> words, ref int at, bool isText)
    {
        int mark = at, power = 1;
        if (at < words.Count && words[at].ToLowerInvariant() is "square" or "sq" or "cubic" or "cu" && at + 1 < words.Count)
            power = words[at++].ToLowerInvariant() is "square" or "sq" ? 2 : 3;
        if (at >= words.Count || Named(words, ref at, isText) is not { } unit)
        {
            at = mark;
            return null;
        }
        if (at < words.Count
            && words[at].ToLowerInvariant() is "squared" or "cubed") power = words[at++].EndsWith("quared", StringComparison.OrdinalIgnoreCase) ? 2 : 3;
        else if (at < words.Count && words[at] == "^")
        {
            if (at + 1 >= words.Count || !int.TryParse(words[at + 1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power)) return null;
            at += 2;
        }
        return unit.Raised(power);
    }

    private static Unit? Named(List<string> words, ref int at, bool isText)
    {
        string word = words[at];
        if (word.ToLowerInvariant() is "am" or "pm") return null;
        if (word.ToLowerInvariant() is "light" or "nautical" or "fluid" or "fl" or "short" or "metric" && at + 1 < words.Count)
        {
            string name = word.ToLowerInvariant() switch { "light" => "ly", "nautical" => "nmi", "metric" => "tonne", _ => "" };
            string second = words[at + 1].ToLowerInvariant();
            Unit? found = name.Length > 0 && UnitTable.TryName(name, out Unit long1)
                && second is "year" or "years" or "mile" or "miles" or "ton" or "tons" ? long1
                : second is "ounce" or "ounces" or "oz" && UnitTable.TryName("oz", out Unit ounce) ? ounce.Other
                : null;
            if (found is not null) at += 2;
            return found;
        }
        int power = word.StartsWith("平方", StringComparison.Ordinal) ? 2 : word.StartsWith("立方", StringComparison.Ordinal) ? 3 : 1;
        if (power > 1) word = word[2..];
        int per = word.IndexOf('每', StringComparison.Ordinal);
        if (per > 0 && per + 1 < word.Length && UnitTable.TryName(word[..per], out Unit above) && UnitTable.TryName(word[(per + 1)..], out Unit below))
        {
            at++;
            return above.Over(below);
        }
        if (!(isText ? UnitTable.TryName(word, out Unit unit) : UnitTable.TryPlain(word, out unit))) return null;
        at++;
        return unit.Raised(power);
    }

    // words, numbers behind a caret, and the signs between them; the dot of an abbreviation goes: "in.", "p.m."
    private static List<string> Split(string text)
    {
        List<string> words = [];
        int at = 0;
        while (at < text.Length && words.Count <= MaxWords)
        {
            char c = text[at];
            if (char.IsLetter(c) || c is '%' or '$' or '£' or '€' or '¥' or '₹' or '¢' or '°')
            {
                int end = at + 1;
                if (char.IsLetter(c))
                {
                    bool foreign = c >= 0x2E80;
                    while (end < text.Length && (char.IsLetter(text[end]) && text[end] >= 0x2E80 == foreign
                        || text[end] == '.' && end - at == 1 && IsInitial(text, end))) end++;
                }
                words.Add(text[at..end].Replace(".", "", StringComparison.Ordinal));
                at = end;
            }
            else if (c == '^' || char.IsAsciiDigit(c) || c is '-' or '−' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]))
            {
                // m^2, m^{2}, m2, s^-1
                bool raised = c == '^';
                int start = raised ? at + 1 : at;
                if (start < text.Length && text[start] == '{') start++;
                int end = start;
                while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '-' && end == start)) end++;
                bool touches = at > 0 && char.IsAsciiLetter(text[at - 1]);
                if (raised || touches) words.Add("^");
                words.Add(text[start..end]);
                at = Math.Max(end, at + 1);
                if (raised && at < text.Length && text[at] == '}') at++;
            }
            else
            {
                if (c is '/' or '*' or '·' or '(' or ')') words.Add(c.ToString());
                else if (c is not (' ' or '~' or '.' or ',' or '-' or '\'' or '’') && !char.IsWhiteSpace(c)) words.Add("?");
                at++;
            }
        }
        return words;
    }

    // the dot between the initials of "a.m." and "p.m."
    private static bool IsInitial(string text, int dot)
        => dot + 1 < text.Length && text[dot + 1] is 'm' or 'M' && (dot + 2 >= text.Length
            || !char.IsLetter(text[dot + 2])) && text[dot - 1] is 'a' or 'p' or 'A' or 'P';
}
