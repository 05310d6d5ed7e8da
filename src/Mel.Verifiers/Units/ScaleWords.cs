using System.Collections.Frozen;
using System.Globalization;
using Mel.Verifiers.Numbers;

namespace Mel.Verifiers.Units;

/// <summary>Words behind a number that multiply it: million, dozen, tenths, and the powers of ten of Chinese.</summary>
internal static class ScaleWords
{
    private static readonly FrozenDictionary<string, BigRational> Scales = Build();

    private static readonly FrozenDictionary<char, int> ChinesePowers
        = new Dictionary<char, int> { ['十'] = 1, ['百'] = 2, ['千'] = 3, ['万'] = 4, ['萬'] = 4, ['亿'] = 8, ['億'] = 8 }.ToFrozenDictionary();

    public static bool TryGet(string word, out BigRational scale) => Scales.TryGetValue(word, out scale);

    /// <summary>The power of ten that a Chinese character stands for.</summary>
    public static bool TryChinese(char character, out BigRational scale)
    {
        bool known = ChinesePowers.TryGetValue(character, out int power);
        scale = known ? BigRational.PowerOfTen(power) : BigRational.One;
        return known;
    }

    private static FrozenDictionary<string, BigRational> Build()
    {
        Dictionary<string, BigRational> table = new(StringComparer.OrdinalIgnoreCase);
        void Add(BigRational scale, string names)
        {
            foreach (string name in names.Split(' ')) table[name] = scale;
        }

        Add(BigRational.PowerOfTen(2), "hundred hundreds");
        Add(BigRational.PowerOfTen(3), "thousand thousands");
        Add(BigRational.PowerOfTen(6), "million millions mn mln");
        Add(BigRational.PowerOfTen(9), "billion billions bn bln");
        Add(BigRational.PowerOfTen(12), "trillion trillions");
        Add(BigRational.PowerOfTen(15), "quadrillion quadrillions");
        Add(BigRational.PowerOfTen(5), "lakh lakhs");
        Add(BigRational.PowerOfTen(7), "crore crores");
        Add(new BigRational(12), "dozen dozens");
        Add(new BigRational(144), "gross");
        Add(new BigRational(1, 2), "half halves");
        string[] parts = "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".Split(' ');
        for (int i = 0; i < parts.Length; i++) Add(new BigRational(1, i + 3), parts[i] + " " + parts[i] + "s");
        Add(new BigRational(1, 15), "fifteenth fifteenths");
        Add(new BigRational(1, 16), "sixteenth sixteenths");
        Add(new BigRational(1, 20), "twentieth twentieths");
        Add(BigRational.PowerOfTen(-2), "hundredth hundredths");
        Add(BigRational.PowerOfTen(-3), "thousandth thousandths");
        Add(BigRational.PowerOfTen(-6), "millionth millionths");
        return table.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The denominator that an ordinal names: "fifths" is 5; 0 for any other word.</summary>
    public static int Denominator(string word)
        => word is "quarter" or "quarters" ? 4
            : TryGet(word, out BigRational scale)
            && scale < BigRational.One ? int.Parse(scale.Denominator.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)
            : 0;
}
