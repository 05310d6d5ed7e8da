using System.Globalization;
using System.Text;

namespace Mel.Transformers.Templates;

/// <summary>Texts in quotation marks, with the escapes that Python knows.</summary>
internal static class TextLiteral
{
    /// <summary>What such a text means.</summary>
    /// <param name="text">What stands between the quotation marks.</param>
    /// <param name="position">Where it stands, for messages.</param>
    public static string Unescaped(ReadOnlySpan<char> text, int position)
    {
        if (!text.Contains('\\')) return text.ToString();
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            char c = text[++i];
            switch (c)
            {
                case '\n':
                    break;
                case 'x' or 'u' or 'U':
                    int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
                    if (i + digits >= text.Length
                        || !uint.TryParse(text.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
                        || code > 0x10FFFF) throw new TemplateSyntaxException($"truncated \\{c} escape in a text", position);
                    plain.Append(code < 0x10000 ? ((char)code).ToString() : char.ConvertFromUtf32((int)code));
                    i += digits;
                    break;
                case >= '0' and <= '7':
                    int value = c - '0', length = 1;
                    for (; length < 3 && i + 1 < text.Length && text[i + 1] is >= '0' and <= '7'; length++) value = (value * 8) + (text[++i] - '0');
                    plain.Append((char)value);
                    break;
                case 'N':
                    throw new TemplateSyntaxException("names of characters (\\N) in a text are not supported; write the character", position);
                default:
                    int known = "\\'\"abfnrtv".IndexOf(c, StringComparison.Ordinal);
                    plain.Append(known < 0 ? $"\\{c}" : "\\'\"\a\b\f\n\r\t\v"[known].ToString());
                    break;
            }
        }

        return plain.ToString();
    }
}
