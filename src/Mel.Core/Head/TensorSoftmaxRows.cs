using Mel.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>Softmax rows in tensor operations, for every device and type; at least float32. Its state is owned by the dispose scope it was made in.</summary>
internal sealed class TensorSoftmaxRows(Tensor targets, ScalarType dtype, double temperature, bool entropy) : SoftmaxRows
{
    private readonly Tensor _max = full(targets.shape, double.NegativeInfinity, ResultType(dtype), targets.device);
    private readonly Tensor _sum = zeros(targets.shape, ResultType(dtype), targets.device);
    private readonly Tensor _weightedSum = zeros(targets.shape, ResultType(dtype), targets.device);
    private readonly Tensor _target = zeros(targets.shape, ResultType(dtype), targets.device);
    private Tensor? _logSumExp;
    private Tensor? _constant;
    private Tensor? _slope;
    private Tensor? _upstream;

    public override void Accumulate(Tensor block, long firstColumn) => AccumulateTerms(block, firstColumn, keep: false).Dispose();

    public override Tensor AccumulateTerms(Tensor block, long firstColumn) => AccumulateTerms(block, firstColumn, keep: true);

    public override Tensor SumOfTerms() => _sum.alias();

    private Tensor AccumulateTerms(Tensor block, long firstColumn, bool keep)
    {
        using var scope = NewDisposeScope();
        using Scalar scale = (1 / temperature).ToScalar();
        Tensor z = block.to_type(ResultType(dtype)).mul(scale);                         // [R, W]
        Pick(z, firstColumn, out Tensor inside, out Tensor column);
        _target.add_(Masks.Keep(inside, z.gather(1, column.unsqueeze(1)).squeeze(1)));
        Tensor max = maximum(_max, z.amax([1]));
        z.sub_(max.unsqueeze(1));
        Tensor e = z.exp(), moved = _max - max, shrink = moved.exp();
        if (entropy)
        {
            Tensor before = Masks.Keep(shrink.gt(Scalars.Zero), shrink * (_weightedSum + Masks.Keep(_sum.gt(Scalars.Zero), moved) * _sum));
            _weightedSum.copy_(before + e.mul(z).sum(1));
        }
        _sum.mul_(shrink).add_(e.sum(1));
        _max.copy_(max);
        if (keep) block.copy_(e);
        return shrink.MoveToOuterDisposeScope();
    }

    public override (Tensor LogProbs, Tensor LogSumExp, Tensor? Entropy) Finish()
    {
        using var scope = NewDisposeScope();
        Tensor logSum = _sum.log();
        Tensor? spread = entropy ? (logSum - _weightedSum / _sum).MoveToOuterDisposeScope() : null;
        return ((_target - _max - logSum).MoveToOuterDisposeScope(), (_max + logSum).MoveToOuterDisposeScope(), spread);
    }

    public override void BeginBackward(Tensor logSumExp, Tensor upstream, Tensor? spread, Tensor? entropyUpstream)
    {
        _logSumExp = logSumExp;
        _upstream = upstream.to_type(ResultType(dtype));
        _slope = entropyUpstream;
        _constant = entropyUpstream is null ? _upstream : _upstream + entropyUpstream * spread!;
    }

    public override void ToLogitGradient(Tensor block, long firstColumn)
    {
        using var scope = NewDisposeScope();
        using Scalar scale = (1 / temperature).ToScalar();
        Tensor l = block.to_type(ResultType(dtype)).mul(scale).sub_(_logSumExp!.unsqueeze(1));   // [R, W]  log p
        Tensor gradient = l.exp();
        gradient.mul_(_slope is null ? _constant!.unsqueeze(1) : l.mul_(_slope.unsqueeze(1)).add_(_constant!.unsqueeze(1))).neg_();
        Pick(block, firstColumn, out Tensor inside, out Tensor column);
        gradient.scatter_add_(1, column.unsqueeze(1), Masks.Keep(inside, _upstream!).unsqueeze(1));
        block.copy_(gradient.mul_(scale));
    }

    /// <summary>Whether each row's target lies in the block, and its column there (0 where it does not).</summary>
    private void Pick(Tensor block, long firstColumn, out Tensor inside, out Tensor column)
    {
        using Scalar first = firstColumn.ToScalar(), width = block.size(1).ToScalar();
        Tensor relative = targets.sub(first);
        inside = relative.ge(Scalars.Zero) & relative.lt(width);
        column = Masks.Keep(inside, relative);
    }
}
