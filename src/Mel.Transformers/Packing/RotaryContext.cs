using static TorchSharp.torch;

namespace Mel.Transformers.Packing;

/// <summary>The angles of one forward pass: the table of the model and the position of every token.</summary>
internal sealed class RotaryContext(Tensor table, int[] positions) : IDisposable
{
    private Tensor? _cosine, _sine;

    /// <summary>[positions, width]: cosine half and sine half of every position, float32 on the CPU.</summary>
    public Tensor Table { get; } = table;

    /// <summary>Position of every token, [N].</summary>
    public int[] Positions { get; } = positions;

    /// <summary>How many numbers of a head are rotated.</summary>
    public int Width => (int)Table.size(1);

    /// <summary>Cosine and sine of every token, [N, 1, width / 2] each, in the type and on the device of the given tensor; made once per pass.</summary>
    public (Tensor Cosine, Tensor Sine) CosineAndSine(Tensor like)
    {
        if (_cosine is null || _sine is null)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            Tensor rows = Table.index_select(0, tensor(Positions)).to(like.device).to_type(like.dtype).unsqueeze(1);
            _cosine = rows.narrow(-1, 0, Width / 2).DetachFromDisposeScope();
            _sine = rows.narrow(-1, Width / 2, Width / 2).DetachFromDisposeScope();
        }

        return (_cosine, _sine);
    }

    public void Dispose()
    {
        _cosine?.Dispose();
        _sine?.Dispose();
    }
}
