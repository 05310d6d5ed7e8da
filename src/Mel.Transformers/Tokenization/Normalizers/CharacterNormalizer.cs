using System.Text;

namespace Mel.Transformers.Tokenization.Normalizers;

/// <summary>A change of every character by itself.</summary>
/// <param name="map">Appends what a character becomes.</param>
/// <param name="growth">How many characters one character may become at most.</param>
/// <param name="drops">Whether characters may fall away.</param>
internal sealed class CharacterNormalizer(Action<Rune, StringBuilder> map, double growth, bool drops = false) : Normalizer
{
    /// <summary>Lower case, a character at a time: a sigma at the end of a word has no form of its own.</summary>
    public static CharacterNormalizer Lowercase { get; } = new((rune, text) =>
    {
        if (rune.Value == 0x130) text.Append("i\u0307");
        else Append(Rune.ToLowerInvariant(rune), text);
    }, 2);

    /// <summary>Without combining marks.</summary>
    public static CharacterNormalizer StripAccents { get; } = new((rune, text) =>
    {
        if (!Expressions.UnicodeProperties.IsMark(rune.Value)) Append(rune, text);
    }, 1, drops: true);

    /// <summary>The UTF-8 bytes of a character in the byte-level alphabet.</summary>
    public static CharacterNormalizer ByteLevel { get; } = new((rune, text) => ByteLevelAlphabet.Append(rune, text), 4);

    public override double Growth => growth;

    public override bool MovesStart => drops;

    public override ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        var changed = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes()) map(rune, changed);
        return changed.ToString();
    }

    private static void Append(Rune rune, StringBuilder text)
    {
        if (rune.IsBmp) text.Append((char)rune.Value);
        else text.Append(rune.ToString());
    }
}
