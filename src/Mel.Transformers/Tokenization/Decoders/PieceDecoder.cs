using System.Text;

namespace Mel.Transformers.Tokenization.Decoders;

/// <summary>Tokens that are text, changed by one stage after another and joined.</summary>
/// <param name="pieces">The text of each id after all changes that need to know nothing but the token, or null where there is no token.</param>
/// <param name="stages">Creates the other stages, in order.</param>
internal sealed class PieceDecoder(string?[] pieces, IReadOnlyList<Func<DecoderStage>> stages) : TokenDecoder
{
    public override bool HasToken(int id) => (uint)id < (uint)pieces.Length && pieces[id] is not null;

    public override TextAssembler Begin(StringBuilder text)
    {
        DecoderStage first = new JoinStage(text);
        for (int i = stages.Count - 1; i >= 0; i--)
        {
            DecoderStage stage = stages[i]();
            stage.Next = first;
            first = stage;
        }
        return new Assembler(pieces, first);
    }

    private sealed class Assembler(string?[] pieces, DecoderStage first) : TextAssembler
    {
        public override void Append(int id) => first.Accept(pieces[id]!);

        public override void Finish() => first.Finish();
    }
}
