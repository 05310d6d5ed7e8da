using System.Collections.Frozen;
using System.Text;

namespace Mel.Verifiers.Equivalence;

/// <summary>Answers that are words: compared without markup, case, spaces and punctuation.</summary>
internal static class AnswerText
{
    private static readonly FrozenSet<string> Markup = ("text textbf textit texttt textrm textsf textnormal textup emph mbox hbox mathrm mathbf "
        + "mathit mathsf operatorname boxed fbox left right displaystyle quad qquad bf rm it").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Nothing = ("none nosolution nosolutions norealsolution norealsolutions thereisnosolution nosuchnumber "
        + "emptyset doesnotexist therearenosolutions nosolutionexists nosolutionsexist hasnosolution hasnosolutions thereisnorealsolution "
        + "therearenorealsolutions norealsolutionexists norealroots theequationhasnosolution equationhasnosolution nosuchnumbers "
        + "nosuchnumberexists theequationhasnosolutions equationhasnosolutions norealnumbers nosolutioninrealnumbers").Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Nowhere = ("dne doesnotexist doesntexist limitdoesnotexist thelimitdoesnotexist limitdne thelimitdne "
        + "nolimit nolimitexists").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Everything = "allrealnumbers allreals allreal realnumbers".Split(' ').ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Endless = ("infinitelymany infinitelymanysolutions infinitesolutions thereareinfinitelymany "
        + "thereareinfinitelymanysolutions infinitelymanysolutionsexist aninfinitenumberofsolutions infinitenumberofsolutions").Split(' ')
        .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Letters and digits of the answer without markup, in lower case, with the punctuation that belongs to its numbers.</summary>
    public static string Flatten(string raw)
    {
        StringBuilder output = new(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            char c = raw[i];
            if (c == '\\')
            {
                int end = i + 1;
                while (end < raw.Length && char.IsAsciiLetter(raw[end])) end++;
                string name = raw[(i + 1)..end];
                if (!Markup.Contains(name)) output.Append(name);
                i = Math.Max(i, end - 1);
            }
            else if (char.IsLetterOrDigit(c)) output.Append(char.ToLowerInvariant(c));
            else if (JoinsDigits(raw, i)) output.Append(c is '.' or ',' or ':' ? c : ' ');
            else if (c is '+' or '=' or '<' or '>' or '/' or '^' or '%' || c == '-' && !JoinsWords(raw, i)) output.Append(c);
        }
        return output.ToString();
    }

    /// <summary>The flat text without the article that begins the answer: "an isosceles triangle".</summary>
    public static string WithoutArticle(string raw, string flat)
    {
        ReadOnlySpan<char> rest = raw.AsSpan();
        int brace = rest.IndexOf('{');
        if (brace > 0 && rest[0] == '\\' && OnlyMarkup(raw[..brace])) rest = rest[(brace + 1)..];
        rest = rest.TrimStart();
        foreach (string article in (ReadOnlySpan<string>)["the ", "an ", "a "])
            if (rest.StartsWith(article, StringComparison.OrdinalIgnoreCase) && rest.Length > article.Length + 2 && char.IsLetter(rest[article.Length])
                && char.IsLetter(rest[article.Length + 1])) return flat[(article.Length - 1)..];
        return flat;
    }

    // a hyphen behind a word; between two single letters it is a minus sign
    private static bool JoinsWords(string raw, int at)
    {
        if (at == 0 || !char.IsLetter(raw[at - 1])) return false;
        bool before = at > 1 && char.IsLetter(raw[at - 2]), after = at + 2 < raw.Length && char.IsLetter(raw[at + 2]);
        return before || after || at + 1 == raw.Length || !char.IsLetterOrDigit(raw[at + 1]);
    }

    // a point, a colon, a comma or a space between two digits; a comma that groups thousands says nothing
    private static bool JoinsDigits(string raw, int at)
    {
        if (raw[at] is not ('.' or ',' or ':' or ' ') || at == 0 || at + 1 >= raw.Length || !char.IsAsciiDigit(raw[at - 1]) || !char.IsAsciiDigit(raw[at + 1]))
            return raw[at] == '.' && at + 1 < raw.Length && char.IsAsciiDigit(raw[at + 1]);
        int digits = at + 1;
        while (digits < raw.Length && char.IsAsciiDigit(raw[digits])) digits++;
        return raw[at] != ',' || digits - at != 4;
    }

    /// <summary>Whether the text says that something does not exist: "DNE", "the limit does not exist".</summary>
    public static bool MeansNoLimit(string flat) => Nowhere.Contains(flat);

    public static bool MeansNothing(string flat) => Nothing.Contains(flat);

    public static bool MeansEverything(string flat) => Everything.Contains(flat);

    public static bool MeansEndless(string flat) => Endless.Contains(flat);

    /// <summary>The words of an answer that is text and no formula, or 0 when it holds none.</summary>
    public static int CountWords(string raw)
    {
        int words = 0;
        bool inWord = false;
        foreach (char c in raw)
        {
            bool letter = char.IsLetter(c);
            if (letter && !inWord) words++;
            inWord = letter;
        }
        return words;
    }

    /// <summary>Whether every command in the text only sets type: any other makes it a formula, and one that does not parse is not read as words.</summary>
    public static bool OnlyMarkup(string raw)
    {
        for (int i = raw.IndexOf('\\', StringComparison.Ordinal); i >= 0 && i + 1 < raw.Length; i = raw.IndexOf('\\', i + 1))
        {
            int end = i + 1;
            while (end < raw.Length && char.IsAsciiLetter(raw[end])) end++;
            if (end > i + 1 && !Markup.Contains(raw[(i + 1)..end])) return false;
        }
        return true;
    }

    /// <summary>A time of day with its half: 4:30 p.m.</summary>
    public static bool IsClockTime(string raw)
    {
        if (raw.Length > 60) return false;
        string flat = Flatten(raw);
        return flat.Length is >= 3 and <= 9 && char.IsAsciiDigit(flat[0]) && flat[^1] == 'm' && flat[^2] is 'a' or 'p'
            && flat.AsSpan(0, flat.Length - 2).IndexOfAnyExceptInRange('0', ':') < 0;
    }
}
