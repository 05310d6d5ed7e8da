using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// The alphabet in which byte-level vocabularies spell bytes as printable characters: the printable bytes of Latin-1 stand for themselves, the other 68 for
/// U+0100 onwards in order (a space is written <c>Ġ</c>, a line feed <c>Ċ</c>).
/// </summary>
internal static class ByteLevelAlphabet
{
    private const int Beyond = 0x100 + 68;

    private static readonly char[] CharOfByte = BuildCharOfByte();
    private static readonly short[] ByteOfChar = BuildByteOfChar();

    /// <summary>The character that spells a byte.</summary>
    public static char Spell(byte value) => CharOfByte[value];

    /// <summary>Appends what spells the UTF-8 bytes of a character.</summary>
    public static void Append(Rune rune, StringBuilder text)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (byte value in bytes[..rune.EncodeToUtf8(bytes)]) text.Append(CharOfByte[value]);
    }

    /// <summary>The bytes of a token as the vocabulary spells it; a token with any other character in it stands for its own UTF-8 bytes.</summary>
    public static byte[] ToBytes(string token)
    {
        var bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            char c = token[i];
            if (c >= Beyond || ByteOfChar[c] < 0) return Encoding.UTF8.GetBytes(token);
            bytes[i] = (byte)ByteOfChar[c];
        }
        return bytes;
    }

    private static char[] BuildCharOfByte()
    {
        var chars = new char[256];
        int next = 0x100;
        for (int value = 0; value < 256; value++)
            chars[value] = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)value : (char)next++;
        return chars;
    }

    private static short[] BuildByteOfChar()
    {
        var bytes = new short[Beyond];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++) bytes[CharOfByte[value]] = (short)value;
        return bytes;
    }
}
