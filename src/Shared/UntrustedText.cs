using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Mel.Runtime;

/// <summary>Bytes that are said to be UTF-8.</summary>
internal static class UntrustedText
{
    /// <summary>Reads a text file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that are read.</param>
    /// <param name="fault">Makes the exception for a file that is not read or is no text.</param>
    public static string Read(string path, int limit, FileFault fault) => Encoding.UTF8.GetString(Checked(RegularFile.Read(path, limit, fault), fault).Span);

    /// <summary>The bytes without a byte order mark, if they are well-formed UTF-8.</summary>
    public static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> bytes, FileFault fault)
    {
        if (bytes.Span.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[Encoding.UTF8.Preamble.Length..];
        return Utf8.IsValid(bytes.Span) ? bytes : throw fault("the text is no valid UTF-8: it is damaged or in another encoding.");
    }

    /// <summary>Whether the inside of a JSON string escapes one half of a surrogate pair without the other, which stands for no character.</summary>
    public static bool HasLoneSurrogate(ReadOnlySpan<byte> escaped)
    {
        bool pending = false;        // a first half waits for its second
        while (!escaped.IsEmpty)
        {
            bool isUnit = escaped.Length >= 6 && escaped.StartsWith("\\u"u8);
            int unit = isUnit ? Unit(escaped[2..6]) : 0;
            if (pending != unit is >= 0xDC00 and <= 0xDFFF) return true;
            pending = unit is >= 0xD800 and <= 0xDBFF;
            int next = escaped[1..].IndexOf((byte)'\\') + 1;
            escaped = isUnit ? escaped[6..] : escaped[0] == (byte)'\\' ? escaped[2..] : next == 0 ? default : escaped[next..];
        }

        return pending;
    }

    private static int Unit(ReadOnlySpan<byte> digits)
        => int.TryParse(digits, NumberStyles.AllowHexSpecifier, null, out int unit) ? unit : 0;
}
