using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Parsing;

/// <summary>One name per unit, so that "cm^2", "square centimeters" and "sq cm" compare equal. A word that is no known unit gets no name.</summary>
internal static class UnitNames
{
    /// <summary>The canonical name, or the empty string for a word that is not a unit ("apples", "units").</summary>
    public static string Canonical(string words, bool inText)
    {
        int power = 1;
        List<string> parts = [];
        bool per = false;
        foreach (string raw in words.Split([' ', '-', '.', '~', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            string word = raw.ToLowerInvariant();
            int slash = word.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0)
            {
                if (!Resolve(raw[..slash], inText, out string over) || !Resolve(raw[(slash + 1)..], inText, out string under)) return "";
                parts.Add(over + "/" + under);
            }
            else if (word is "square" or "sq" or "squared") power = 2;
            else if (word is "cubic" or "cu" or "cubed") power = 3;
            else if (word is "per" or "an" or "a") per |= word == "per";
            else if (word is "unit" or "units") return "";
            else if (!Resolve(raw, inText, out string unit)) return parts.Count == 0 ? "" : Join(parts, per, power);
            else parts.Add(unit);
        }
        return parts.Count == 0 ? "" : Join(parts, per, power);
    }

    public static bool IsKnown(string unit) => unit.Length > 0;

    public static string Raise(string unit, BigRational power) => unit.Length == 0 || power.IsOne ? unit : unit + "^" + power;

    private static string Join(List<string> parts, bool per, int power)
    {
        string joined = string.Join(per ? "/" : " ", parts);
        return joined switch
        {
            "mile/hour" => "mph",
            "kilometer/hour" => "kmh",
            _ => power == 1 ? joined : joined + "^" + (power == 2 ? "2" : "3"),
        };
    }

    private static bool Resolve(string word, bool inText, out string unit)
    {
        int caret = word.IndexOf('^', StringComparison.Ordinal);
        string name = caret > 0 ? word[..caret] : word;
        if (!(inText ? Vocabulary.TryTextUnit(name, out unit) : Vocabulary.TryUnit(name, out unit)))
        {
            // "in" is a unit only behind a number in a text command, where no sentence goes on
            if (inText && name is "in") unit = "inch";
            else return false;
        }
        if (caret > 0) unit += word[caret..];
        return true;
    }
}
