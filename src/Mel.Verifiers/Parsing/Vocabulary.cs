using System.Collections.Frozen;

namespace Mel.Verifiers.Parsing;

/// <summary>Units by their many spellings, small words of prose, and the rule that tells a word from a product of letters.</summary>
internal static class Vocabulary
{
    private static readonly FrozenDictionary<string, string> Units = BuildUnits().ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> SmallWords = (
        "is are was were the for of to if no yes not so we be by on at it its an all but than then when with from per each any odd "
        + "even none zero one two three four five six seven eight nine ten only where since because there that this these those have "
        + "has given such must can will respectively approximately about both either neither")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> NoteWords = "where since because for when if with such given assuming as provided which, namely hence so"
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The canonical name of a unit of two letters or more; a single letter is a variable, never a unit.</summary>
    public static bool TryUnit(string word, out string unit)
    {
        if (word.Length >= 2 && Units.TryGetValue(word, out string? known))
        {
            unit = known;
            return true;
        }
        unit = "";
        return false;
    }

    /// <summary>A single letter counts as a unit only inside a text command after a number, where no variable is written.</summary>
    public static bool TryTextUnit(string word, out string unit)
    {
        if (TryUnit(word, out unit)) return true;
        unit = word switch
        {
            "m" => "meter",
            "g" => "gram",
            "s" => "second",
            "h" => "hour",
            "L" or "l" => "liter",
            "N" => "newton",
            "J" => "joule",
            "W" => "watt",
            "V" => "volt",
            "K" => "kelvin",
            _ => "",
        };
        return unit.Length > 0;
    }

    /// <summary>A word that begins a remark after the answer: "42 (since x &gt; 0)", "f(x) = ax, where a is real".</summary>
    public static bool BeginsNote(string word) => NoteWords.Contains(word);

    /// <summary>
    /// Whether a run of letters is a word rather than a product of variables: a small word, or four letters with a vowel that are not in alphabetical order.
    /// </summary>
    public static bool LooksLikeWord(ReadOnlySpan<char> run)
    {
        if (run.Length < 2) return false;
        if (run[1..].IndexOfAnyExceptInRange('a', 'z') < 0 && SmallWords.GetAlternateLookup<ReadOnlySpan<char>>().Contains(run)) return true;
        if (run.Length < 4) return false;
        bool vowel = false, rising = true, lower = true;
        for (int i = 0; i < run.Length; i++)
        {
            char c = char.ToLowerInvariant(run[i]);
            vowel |= c is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';
            rising &= i == 0 || c > char.ToLowerInvariant(run[i - 1]);
            lower &= i == 0 || char.IsLower(run[i]);
        }
        return vowel && lower && !rising;
    }

    private static Dictionary<string, string> BuildUnits()
    {
        Dictionary<string, string> table = new(StringComparer.OrdinalIgnoreCase);
        void Add(string unit, string names)
        {
            foreach (string name in names.Split(' ')) table[name] = unit;
        }

        Add("millimeter", "mm millimeter millimeters millimetre millimetres");
        Add("centimeter", "cm cms centimeter centimeters centimetre centimetres");
        Add("meter", "meter meters metre metres");
        Add("kilometer", "km kms kilometer kilometers kilometre kilometres");
        Add("inch", "inch inches");
        Add("foot", "ft foot feet");
        Add("yard", "yd yds yard yards");
        Add("mile", "mi mile miles");
        Add("milligram", "mg milligram milligrams");
        Add("gram", "gram grams gm gms");
        Add("kilogram", "kg kgs kilogram kilograms");
        Add("pound", "lb lbs pound pounds");
        Add("ounce", "oz ounce ounces");
        Add("ton", "ton tons tonne tonnes");
        Add("milliliter", "ml milliliter milliliters millilitre millilitres");
        Add("liter", "liter liters litre litres");
        Add("gallon", "gal gallon gallons");
        Add("cup", "cup cups");
        Add("second", "sec secs second seconds");
        Add("minute", "min mins minute minutes");
        Add("hour", "hr hrs hour hours");
        Add("day", "day days");
        Add("week", "week weeks");
        Add("month", "month months");
        Add("year", "yr yrs year years");
        Add("dollar", "dollar dollars usd bucks");
        Add("cent", "cent cents");
        Add("euro", "euro euros eur");
        Add("yuan", "yuan rmb");
        Add("rupee", "rupee rupees rs");
        Add("mph", "mph");
        Add("kmh", "kmh kph");
        Add("degree", "degrees degree");
        Add("radian", "rad rads radian radians");
        Add("hertz", "hz hertz");
        Add("joule", "joule joules");
        Add("newton", "newton newtons");
        Add("watt", "watt watts");
        Add("volt", "volt volts");
        Add("", "unit units square cubic sq cu squared cubed");
        return table;
    }
}
