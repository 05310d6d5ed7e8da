using System.Collections.Frozen;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Parsing;

/// <summary>
/// Words that take an answer back: doubt, denial, bounds, conditions, alternatives. A text with one of them states no value, and no part of it is read as one.
/// </summary>
internal static class Hedges
{
    private const int LongestWord = 16;

    // anywhere in an answer, a remark included
    private static readonly FrozenSet<string> Doubt = Set("maybe perhaps possibly probably presumably supposedly allegedly apparently hopefully seemingly "
        + "potentially conceivably arguably unlikely might could wrong incorrect incorrectly mistaken mistakenly invalid untrue unless alternatively "
        + "guess guessing guessed unsure uncertain unclear doubt doubtful whichever whatever depending depends think believe suspect reckon if something "
        + "anything somewhere disagree vs versus");

    // in the answer itself; "since it is not negative" is a reason
    private static readonly FrozenSet<string> Retraction = Set("not no never nor neither cannot can't isn't aren't wasn't won't doesn't don't didn't "
        + "shouldn't couldn't than least most except excluding excepting instead rather another other others also too alternative alternatives candidate "
        + "candidates impossible rejected discarded excluded dismissed disproved extraneous inadmissible ruled "
        + "mostly contradicted contradicts pending unverified unchecked placeholder draft barring "
        + "can should would may false error mistake likely seems seem appears suppose assume option possibility possibilities unknown almost "
        + "nearly barely hardly anyone none sometimes tentative tentatively provisionally temporarily sign etc");

    // "5, 6 otherwise"; but "5, since otherwise" and "nothing else" give reasons
    private static readonly FrozenSet<string> Alternatives = Set("otherwise else");

    private static readonly FrozenSet<string> BeforeReasons = Set("since because as nothing everything nobody");

    // "5 or more"
    private static readonly FrozenSet<string> OpenEnds = Set("more less fewer so larger greater higher lower smaller bigger above below beyond under over "
        + "up down not thereabouts around equal");

    // reasons and explanations, in which a denial is no retraction
    private static readonly FrozenSet<string> Reasons = Set("where since because for when with such given assuming as provided which namely hence so see");

    // said twice, they begin the second of two cases
    private static readonly FrozenSet<string> Conditions = Set("for when provided assuming");

    private static readonly FrozenSet<string> Copulas = Set("is are was were be becomes remains");

    /// <summary>Whether the words of an answer hedge it. Names of commands are no words.</summary>
    public static bool In(ReadOnlySpan<char> text)
    {
        if (text.Contains('?')) return true;
        Words words = new(text);
        string condition = "", previous = "";
        bool reason = false;
        Span<char> lower = stackalloc char[LongestWord];
        while (words.Next(out int start, out int length))
        {
            if (length is < 2 or > LongestWord) continue;
            ReadOnlySpan<char> written = text.Slice(start, length);
            if (length == 2 && written is "NO" or "IF") continue;                                  // a line between two points
            Span<char> word = lower[..written.ToLowerInvariant(lower)];
            if (Has(Doubt, word) || Has(Alternatives, word) && !BeforeReasons.Contains(previous) || previous == "or" && Has(OpenEnds, word)) return true;
            if (word is "or" or "and" or "then" or "but" && !(word is "and" && IsMeasure(previous)) && HoldsValue(text[..start])
                && OffersNumber(text, start, start + length)) return true;
            if (IsPartial(previous, word) || word is "assuming" or "supposing" or "presuming" && IsProse(text[(start + length)..])) return true;
            previous = word.Length <= 8 ? word.ToString() : "";
            if (Has(Conditions, word))
            {
                if (word.SequenceEqual(condition)) return true;
                condition = previous;
            }
            reason |= Has(Reasons, word);
            if (reason) continue;
            if (Has(Retraction, word) && !IsHarmless(text, start, written)) return true;
            if (Has(Copulas, word) && HoldsValue(text[..start])) return true;
        }
        return false;
    }

    // "8 in one case", "8 with probability 0.5", "8 for now": not the answer of every case
    private static bool IsPartial(string previous, ReadOnlySpan<char> word) => word switch
    {
        "case" or "cases" => previous is "one" or "some" or "first" or "second" or "third" or "other" or "most" or "certain" or "many" or "few" or "best"
            or "worst" || word is "cases" && previous is "the",
        "probability" or "chance" or "likelihood" or "luck" => previous is "with",
        "now" or "starters" => previous is "for",
        "moment" or "opinion" or "view" => true,
        _ => false,
    };

    // "assuming the first case", and not "assuming x > 0"
    private static bool IsProse(ReadOnlySpan<char> behind)
    {
        behind = behind.TrimStart();
        return behind.Length > 1 && char.IsAsciiLetter(behind[0]) && char.IsAsciiLetter(behind[1]) && !behind.StartsWith("that", StringComparison.Ordinal);
    }

    // "2 hours and 15 minutes" is one quantity
    private static bool IsMeasure(string word) => UnitTable.TryName(word, out Unit unit) && unit.IsMeasure;

    // "6 May" is a date, "no units" a remark
    private static bool IsHarmless(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> word)
    {
        ReadOnlySpan<char> rest = text[(start + word.Length)..].TrimStart();
        return word is "May" || word is "no" && (rest.StartsWith("solution", StringComparison.Ordinal) || rest.StartsWith("unit", StringComparison.Ordinal)
            || rest.StartsWith("real solution", StringComparison.Ordinal));
    }

    // "8 \text{ or 9}", "8 (or 9)": a second number in a text group or in brackets
    private static bool OffersNumber(ReadOnlySpan<char> text, int start, int end)
    {
        ReadOnlySpan<char> before = text[..start].TrimEnd(), behind = text[end..].TrimStart(" ,$~{}\\(");
        if (before.EndsWith("(", StringComparison.Ordinal)) return !behind.StartsWith("equivalently", StringComparison.Ordinal)
            && !behind.StartsWith("about", StringComparison.Ordinal) && !behind.StartsWith("approx", StringComparison.Ordinal);
        int group = before.LastIndexOf("\\text", StringComparison.Ordinal);
        bool last = behind.Trim(" .").IsEmpty;
        if (group < 0 || before[group..].IndexOf('}') >= 0) return last;
        char next = text[end..].TrimStart() is [var c, ..] ? c : '}';
        bool opens = before[(group + 5)..].Trim(" {bfitrm,~") is "";
        return last || char.IsAsciiDigit(next) || opens && char.IsAsciiLetter(next) && !behind.StartsWith("equivalently", StringComparison.Ordinal);
    }

    private static bool HoldsValue(ReadOnlySpan<char> before) => before.ContainsAnyInRange('0', '9') || before.Contains("\\frac", StringComparison.Ordinal);

    private static bool Has(FrozenSet<string> words, ReadOnlySpan<char> word) => words.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.Ordinal);

    // the runs of letters and apostrophes that are no names of commands
    private ref struct Words(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _at;

        public bool Next(out int start, out int length)
        {
            while (_at < _text.Length)
            {
                // the rows of an environment have conditions of their own
                if (_text[_at] == '\\' && _text[_at..].StartsWith("\\begin", StringComparison.Ordinal) && _text.LastIndexOf("\\end") is var end && end > _at)
                {
                    int close = _text[end..].IndexOf('}');
                    _at = close < 0 ? _text.Length : end + close + 1;
                    continue;
                }
                start = _at;
                while (_at < _text.Length && (char.IsAsciiLetter(_text[_at]) || _text[_at] == '\'' && _at > start)) _at++;
                length = _at - start;
                if (length == 0) _at++;
                else if (start == 0 || _text[start - 1] != '\\') return true;
            }
            (start, length) = (0, 0);
            return false;
        }
    }
}
