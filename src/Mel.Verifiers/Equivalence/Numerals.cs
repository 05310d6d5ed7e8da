using System.Globalization;
using System.Text;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Equivalence;

/// <summary>English numerals: "forty-two", "one hundred and five", "three thousand", "two thirds". A list of numerals is no numeral.</summary>
internal static class Numerals
{
    private const int MaxWords = 24;

    private static readonly string[] Ones = ("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        + "seventeen eighteen nineteen").Split(' ');

    private static readonly string[] Tens = "twenty thirty forty fifty sixty seventy eighty ninety".Split(' ');

    private static readonly string[] Powers = "thousand million billion trillion".Split(' ');

    /// <summary>The value, or null for anything but one numeral.</summary>
    public static BigRational? Read(string raw)
    {
        List<string> words = Split(raw);
        if (words.Count is 0 or > MaxWords) return null;
        bool negative = words[0] is "minus" or "negative";
        int at = negative ? 1 : 0;
        int start = at;
        if ((Digits(words, raw, ref at) ?? Whole(words, ref at)) is not { } value) return null;
        if (at == words.Count - 1 && words[at] == "dozen")
        {
            value *= 12;
            at++;
        }
        BigRational result = new(value);
        // "two thirds", "one half", "three quarters"
        if (at == words.Count - 1 && at > start && ScaleWords.Denominator(words[at]) is > 0 and int below && value is > 0 and < 1000)
        {
            result = new BigRational(value, below);
            at++;
        }
        // "two and a half"
        if (at == words.Count - 3 && at > start && words[at] == "and" && words[at + 1] == "a" && ScaleWords.Denominator(words[at + 2]) is > 0 and int part)
        {
            result += new BigRational(1, part);
            at += 3;
        }
        if (at != words.Count) return null;
        return negative ? -result : result;
    }

    // "2 and a half": digits, where the part behind them is in words; a hyphen could be a sign
    private static long? Digits(List<string> words, string raw, ref int at)
    {
        if (words.Count - at != 4 || words[at + 1] != "and" || words[at + 2] != "a" || raw.Contains('-')) return null;
        if (words[at].Length > 9 || !words[at].All(char.IsAsciiDigit)) return null;
        return long.Parse(words[at++], CultureInfo.InvariantCulture);
    }

    // groups of up to three digits, each with a smaller power of a thousand than the one before
    private static long? Whole(List<string> words, ref int at)
    {
        long total = 0;
        int last = Powers.Length;
        bool any = false;
        while (at < words.Count)
        {
            int mark = at;
            if (any && words[at] == "and") at++;
            if (Hundreds(words, ref at) is not { } group)
            {
                at = mark;
                break;
            }
            int power = at < words.Count ? Array.IndexOf(Powers, words[at]) : -1;
            if (power >= last || last < 0) return null;
            if (power >= 0) at++;
            last = power;
            long size = 1;
            for (int i = 0; i <= power; i++) size *= 1000;
            total += group * size;
            any = true;
            if (power < 0) break;
        }
        return any ? total : null;
    }

    // "one hundred and five", "a hundred", "forty-two"
    private static long? Hundreds(List<string> words, ref int at)
    {
        int mark = at;
        if (words[at] == "a" && at + 1 < words.Count && (words[at + 1] is "hundred" or "dozen" || Powers.Contains(words[at + 1])))
        {
            at++;
            if (words[at] != "hundred") return 1;
            at--;
        }
        long? first = words[at] == "a" ? 1 : BelowHundred(words, ref at);
        if (words[mark] == "a") at = mark + 1;
        if (first is not { } value) return null;
        if (at >= words.Count || words[at] != "hundred") return value;
        if (value is 0 or > 19) return null;
        at++;
        value *= 100;
        int rest = at;
        if (rest < words.Count && words[rest] == "and") rest++;
        if (rest < words.Count && BelowHundred(words, ref rest) is { } more && more > 0)
        {
            at = rest;
            value += more;
        }
        return value;
    }

    private static long? BelowHundred(List<string> words, ref int at)
    {
        if (at >= words.Count) return null;
        int one = Array.IndexOf(Ones, words[at]), ten = Array.IndexOf(Tens, words[at]);
        if (one >= 0)
        {
            at++;
            return one;
        }
        if (ten < 0) return null;
        at++;
        int digit = at < words.Count ? Array.IndexOf(Ones, words[at]) : -1;
        if (digit is < 1 or > 9) return 20 + 10 * ten;
        at++;
        return 20 + 10 * ten + digit;
    }

    // words in lower case without markup; any sign but a hyphen, or a comma behind a power, makes a word of its own that no numeral has
    private static List<string> Split(string raw)
    {
        List<string> words = [];
        StringBuilder word = new();
        for (int i = 0; i <= raw.Length && words.Count <= MaxWords; i++)
        {
            char c = i < raw.Length ? raw[i] : ' ';
            if (char.IsLetter(c) || char.IsAsciiDigit(c))
            {
                word.Append(char.ToLowerInvariant(c));
                continue;
            }
            if (word.Length > 0) words.Add(word.ToString());
            word.Clear();
            if (c == '\\')
            {
                int end = i + 1;
                while (end < raw.Length && char.IsAsciiLetter(raw[end])) end++;
                if (!AnswerText.OnlyMarkup(raw[i..end])) words.Add("\\");
                i = Math.Max(i, end - 1);
            }
            else if (c == ',' && words.Count > 0 && Powers.Contains(words[^1])) continue;
            else if (c is not (' ' or '-' or '{' or '}' or '*' or '$' or '~')
                && !(c == '.' && raw.AsSpan(i + 1).TrimEnd(" .}*$").IsEmpty)) words.Add(c.ToString());
        }
        return words;
    }
}
