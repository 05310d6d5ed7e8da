using System.Text;

namespace Mel.Transformers.Tokenization;

/// <summary>
/// Joins pieces of UTF-8 into text. A character may be spread over several pieces; bytes that are no UTF-8 become U+FFFD, one for each longest broken
/// sequence.
/// </summary>
/// <param name="text">Receives the text.</param>
internal struct Utf8Assembler(StringBuilder text)
{
    private Tail _tail;
    private int _tailLength;

    [System.Runtime.CompilerServices.InlineArray(4)]
    private struct Tail
    {
        private byte _first;
    }

    /// <summary>Appends a piece that is whole text by itself: a character left open before it can no longer be completed.</summary>
    public void Append(string piece)
    {
        Finish();
        text.Append(piece);
    }

    /// <summary>Appends a piece of bytes.</summary>
    public void Append(scoped ReadOnlySpan<byte> piece)
    {
        foreach (byte value in piece)
        {
            _tail[_tailLength++] = value;
            Settle();
        }
    }

    /// <summary>Ends the text: an open character becomes U+FFFD.</summary>
    public void Finish()
    {
        if (_tailLength > 0) text.Append('\uFFFD');
        _tailLength = 0;
    }

    /// <summary>Moves what the open bytes decide into the text; what may yet become a character stays.</summary>
    private void Settle()
    {
        while (_tailLength > 0)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(((ReadOnlySpan<byte>)_tail)[.._tailLength], out Rune rune, out int consumed);
            if (status == System.Buffers.OperationStatus.NeedMoreData) return;
            text.Append(rune.IsBmp ? ((char)rune.Value).ToString() : rune.ToString());
            ((ReadOnlySpan<byte>)_tail)[consumed.._tailLength].CopyTo(_tail);
            _tailLength -= consumed;
        }
    }
}
