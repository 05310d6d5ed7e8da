namespace Mel.Verifiers.Parsing;

/// <summary>The letters and digits that Unicode has once more for mathematics: italic, bold, script, double-struck.</summary>
internal static class MathematicalLetters
{
    private const int FirstLetter = 0x1D400, FirstGreek = 0x1D6A8, FirstDigit = 0x1D7CE, Last = 0x1D7FF;
    private const string Greek = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΘΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂εθκφρπ";

    /// <summary>The plain letter or digit of a surrogate pair, or null where the pair is none of them.</summary>
    public static char? Plain(char high, char low)
    {
        if (!char.IsLowSurrogate(low)) return null;
        int code = char.ConvertToUtf32(high, low);
        return code switch
        {
            < FirstLetter or > Last => null,
            >= FirstDigit => (char)('0' + (code - FirstDigit) % 10),
            >= FirstGreek => (code - FirstGreek) / Greek.Length < 5 ? Greek[(code - FirstGreek) % Greek.Length] : null,
            0x1D6A4 => 'i',
            0x1D6A5 => 'j',
            > 0x1D6A5 => null,
            _ => (code - FirstLetter) % 52 is var at && at < 26 ? (char)('A' + at) : (char)('a' + at - 26),
        };
    }
}
