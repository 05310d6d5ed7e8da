using System.Text;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>A stage on the way from tokens to text. One instance serves one text.</summary>
internal abstract class DecoderStage
{
    /// <summary>The stage that receives what comes out of this one.</summary>
    public DecoderStage? Next { get; set; }

    /// <summary>Takes a piece of text.</summary>
    public abstract void Accept(string piece);

    /// <summary>Ends the text.</summary>
    public virtual void Finish() => Next?.Finish();
}

/// <summary>A change of every piece by itself.</summary>
/// <param name="change">The change.</param>
internal sealed class ChangeStage(Func<string, string> change) : DecoderStage
{
    public override void Accept(string piece) => Next!.Accept(change(piece));
}

/// <summary>Spaces in place of SentencePiece's character for them; those of the first piece fall away where one is put before every text.</summary>
/// <param name="space">The character.</param>
/// <param name="dropsFirst">Whether the first piece loses them.</param>
internal sealed class MetaspaceStage(char space, bool dropsFirst) : DecoderStage
{
    private bool _isBehindFirst;

    public override void Accept(string piece)
    {
        Next!.Accept(_isBehindFirst || !dropsFirst ? piece.Replace(space, ' ') : piece.Replace(space.ToString(), "", StringComparison.Ordinal));
        _isBehindFirst = true;
    }
}

/// <summary>The joined text without some characters at its start.</summary>
/// <param name="character">The character.</param>
/// <param name="most">How many of it fall away at most.</param>
internal sealed class StripStartStage(char character, int most) : DecoderStage
{
    private int _left = most;

    public override void Accept(string piece)
    {
        int cut = 0;
        for (; cut < piece.Length && _left > 0 && piece[cut] == character; cut++) _left--;
        if (cut == piece.Length) return;
        _left = 0;
        Next!.Accept(piece[cut..]);
    }
}

/// <summary>Puts the pieces behind one another.</summary>
/// <param name="text">Receives them.</param>
internal sealed class JoinStage(StringBuilder text) : DecoderStage
{
    public override void Accept(string piece) => text.Append(piece);
}
