using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>Softmax over rows of logits in main memory, always in float32. Each row of a block is read once, while it lies in the cache.</summary>
internal sealed class ManagedSoftmaxRows : SoftmaxRows
{
    private readonly long[] _targets;
    private readonly bool _narrow;
    private readonly bool _entropy;
    private readonly float _scale;
    private readonly float[] _max;
    private readonly float[] _sum;
    private readonly float[] _weightedSum;
    private readonly float[] _target;
    private float[] _logSumExp = [];
    private float[] _constant = [];
    private float[] _slope = [];
    private float[] _upstream = [];

    public ManagedSoftmaxRows(Tensor targets, ScalarType dtype, double temperature, bool entropy)
    {
        using Tensor contiguous = targets.contiguous();
        _targets = contiguous.data<long>().ToArray();
        _narrow = dtype == ScalarType.BFloat16;
        _entropy = entropy;
        _scale = (float)(1 / temperature);
        _max = new float[_targets.Length];
        _max.AsSpan().Fill(float.NegativeInfinity);
        _sum = new float[_targets.Length];
        _weightedSum = new float[_targets.Length];
        _target = new float[_targets.Length];
    }

    public override void Accumulate(Tensor block, long firstColumn) => Accumulate(block, firstColumn, null);

    public override Tensor AccumulateTerms(Tensor block, long firstColumn)
    {
        var shrink = new float[_targets.Length];
        Accumulate(block, firstColumn, shrink);
        return tensor(shrink);
    }

    public override Tensor SumOfTerms() => tensor(_sum);

    /// <param name="block">[R, W].</param>
    /// <param name="firstColumn">Its first column.</param>
    /// <param name="shrinks">Where the terms are to be kept: receives the factor for earlier ones.</param>
    private void Accumulate(Tensor block, long firstColumn, float[]? shrinks)
    {
        ForEachRow(block, (r, row) =>
        {
            long column = _targets[r] - firstColumn;
            if (column >= 0 && column < row.Length) _target[r] = row[(int)column] * _scale;
            float max = Math.Max(_max[r], LogitRow.Max(row) * _scale);
            (float sum, float weighted) = LogitRow.SumExp(row, _scale, max, _entropy, keep: shrinks is not null);
            float moved = _max[r] - max, shrink = MathF.Exp(moved);                     // what came before, relative to the new maximum; 0 at first
            if (_entropy && shrink > 0) _weightedSum[r] = shrink * (_weightedSum[r] + moved * _sum[r]);
            _weightedSum[r] += weighted;
            _sum[r] = _sum[r] * shrink + sum;
            _max[r] = max;
            if (shrinks is not null) shrinks[r] = shrink;
        }, write: shrinks is not null);
    }

    public override (Tensor LogProbs, Tensor LogSumExp, Tensor? Entropy) Finish()
    {
        var logProbs = new float[_targets.Length];
        var logSumExp = new float[_targets.Length];
        var entropy = new float[_targets.Length];
        for (int r = 0; r < _targets.Length; r++)
        {
            float logSum = MathF.Log(_sum[r]);
            logSumExp[r] = _max[r] + logSum;
            logProbs[r] = _target[r] - _max[r] - logSum;
            entropy[r] = logSum - _weightedSum[r] / _sum[r];
        }
        return (tensor(logProbs), tensor(logSumExp), _entropy ? tensor(entropy) : null);
    }

    public override void BeginBackward(Tensor logSumExp, Tensor upstream, Tensor? entropy, Tensor? entropyUpstream)
    {
        _logSumExp = ToArray(logSumExp);
        _upstream = ToArray(upstream);
        _slope = entropyUpstream is null ? new float[_upstream.Length] : ToArray(entropyUpstream);
        float[] spread = entropy is null ? new float[_upstream.Length] : ToArray(entropy);
        _constant = [.. _upstream.Select((a, r) => a + _slope[r] * spread[r])];
    }

    public override void ToLogitGradient(Tensor block, long firstColumn)
    {
        ForEachRow(block, (r, row) =>
        {
            LogitRow.ToLogitGradient(row, _scale, _logSumExp[r], _constant[r], _slope[r]);
            long column = _targets[r] - firstColumn;
            if (column >= 0 && column < row.Length) row[(int)column] += _upstream[r] * _scale;
        }, write: true);
    }

    private delegate void RowAction(int index, Span<float> row);

    /// <summary>
    /// Calls back with every row as float32, on as many threads as libtorch uses. The row is the memory of the block itself, or a copy where the block is
    /// bfloat16; the copy is then written back.
    /// </summary>
    private unsafe void ForEachRow(Tensor block, RowAction action, bool write)
    {
        int width = (int)block.size(1);
        nint data = (nint)ParallelRows.Bytes(block);
        ParallelRows.For(_targets.Length, width, (first, end) =>
        {
            float[] copy = _narrow ? new float[width] : [];
            for (int r = first; r < end; r++)
            {
                if (!_narrow)
                {
                    action(r, new Span<float>((float*)data + (nint)r * width, width));
                    continue;
                }

                Span<ushort> narrow = new((ushort*)data + (nint)r * width, width);
                LogitRow.Widen(narrow, copy);
                action(r, copy);
                if (write) LogitRow.Narrow(copy, narrow);
            }
        });
    }

    private static float[] ToArray(Tensor values)
    {
        using Tensor contiguous = values.to_type(ScalarType.Float32).contiguous();
        return contiguous.data<float>().ToArray();
    }
}
