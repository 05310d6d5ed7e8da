using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>
/// Characters in place of the tokens of their bytes (<c>&lt;0x0A&gt;</c>). Neighboring tokens of bytes are decoded together, once another token or the end
/// follows: where they are no UTF-8 as a whole, each of them becomes U+FFFD.
/// </summary>
internal sealed class ByteFallbackStage : DecoderStage
{
    private readonly List<byte> _open = [];

    public override void Accept(string piece)
    {
        if (TryRead(piece, out byte value))
        {
            _open.Add(value);
            return;
        }
        Settle();
        Next!.Accept(piece);
    }

    public override void Finish()
    {
        Settle();
        base.Finish();
    }

    private void Settle()
    {
        if (_open.Count == 0) return;
        byte[] bytes = [.. _open];
        _open.Clear();
        if (Utf8.IsValid(bytes)) Next!.Accept(Encoding.UTF8.GetString(bytes));
        else
        {
            foreach (byte _ in bytes) Next!.Accept("\uFFFD");
        }
    }

    private static bool TryRead(string piece, out byte value)
    {
        value = 0;
        return piece is ['<', '0', 'x', _, _, '>']
            && byte.TryParse(piece.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
