using System.Text;

namespace Mel.Transformers.Models;

/// <summary>
/// NaN, Infinity and -Infinity, which Python writes into JSON although the format has none. They are read as strings, so that a key that is of no interest
/// does no harm, and one that wants a number says what it found.
/// </summary>
internal static class PythonNumbers
{
    private static readonly byte[][] Words = ["NaN"u8.ToArray(), "-Infinity"u8.ToArray(), "Infinity"u8.ToArray()];

    /// <summary>The text with these words in quotation marks.</summary>
    /// <param name="json">JSON, perhaps with such words.</param>
    /// <param name="any">Whether there were some.</param>
    public static ReadOnlyMemory<byte> Quoted(ReadOnlyMemory<byte> json, out bool any)
    {
        any = false;
        ReadOnlySpan<byte> text = json.Span;
        if (text.IndexOf("NaN"u8) < 0 && text.IndexOf("Infinity"u8) < 0) return json;
        var result = new MemoryStream(text.Length + 64);
        bool inString = false;
        for (int i = 0; i < text.Length; i++)
        {
            byte[]? word = inString ? null : WordAt(text[i..]);
            if (word is not null)
            {
                result.WriteByte((byte)'"');
                result.Write(word);
                result.WriteByte((byte)'"');
                i += word.Length - 1;
                any = true;
                continue;
            }

            result.WriteByte(text[i]);
            if (text[i] == (byte)'"') inString = !inString;
            else if (inString && text[i] == (byte)'\\' && i + 1 < text.Length) result.WriteByte(text[++i]);
        }

        return result.GetBuffer().AsMemory(0, (int)result.Length);
    }

    /// <summary>The text with the words as Python writes them.</summary>
    public static string Unquoted(string json)
    {
        foreach (byte[] word in Words)
        {
            string bare = Encoding.ASCII.GetString(word);
            json = json.Replace($"\"{bare}\"", bare, StringComparison.Ordinal);
        }

        return json;
    }

    private static byte[]? WordAt(ReadOnlySpan<byte> text)
    {
        foreach (byte[] word in Words)
        {
            if (text.StartsWith(word)) return word;
        }

        return null;
    }
}
