using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Transformers;

/// <summary>Where the response tokens of a batch, one after another, lie in [B, T].</summary>
internal sealed class ResponseLayout
{
    private readonly long[] _cells;
    private readonly long _rows;
    private readonly long _columns;
    private readonly Tensor _places;      // [N]

    public ResponseLayout(TokenBatch batch, Device device)
    {
        (_rows, _columns) = (batch.Sequences.Count, batch.MaxResponseTokens);
        _cells = [.. batch.Sequences.SelectMany((sequence, row) => Enumerable.Range(0, sequence.Response.Length).Select(t => (row * _columns) + t))];
        _places = tensor(_cells, device: device);
    }

    /// <summary>Values of the tokens from <paramref name="first"/> on as [B, T], differentiable; 0 where there is none.</summary>
    public Tensor Spread(Tensor values, long first = 0)
    {
        if (values.size(0) == _rows * _columns) return values.view(_rows, _columns);
        Tensor filled = zeros(_rows * _columns, values.dtype, values.device);
        return filled.index_copy(0, _places.narrow(0, first, values.size(0)), values).view(_rows, _columns);
    }

    /// <summary>The values of [B, T] at some tokens, [R].</summary>
    public Tensor Gather(Tensor cells, long first, long count) => cells.reshape(-1).index_select(0, _places.narrow(0, first, count));
}
