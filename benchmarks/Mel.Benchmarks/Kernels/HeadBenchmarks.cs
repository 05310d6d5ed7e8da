using BenchmarkDotNet.Attributes;
using Mel.Head;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Benchmarks.Kernels;

/// <summary>
/// Policy loss from hidden states [N, 1024] and a head [151936, 1024] ([16384, 1024] in the short preset), forward and backward, one thread: all logits at once
/// as a user writes it, the recomputing path, and the one that makes log-probs and gradients together. <see cref="Product"/> is one product of that size, for
/// the rate. Where the processor has no bfloat16 product, both widen the whole head first, as a user would have to: libtorch's own takes eighty times as long
/// there.
/// </summary>
[Config(typeof(LongCallConfig))]
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class HeadBenchmarks
{
    private const long H = 1024;
    private const string Trains = "head trains", Frozen = "head frozen";
    private static readonly ClipRange Clip = new(0.2, 0.28);
    private Tensor _hidden = null!, _head = null!, _targets = null!, _old = null!;
    private Tensor _advantages = null!, _halfAdvantages = null!, _weights = null!, _mask = null!;

    private static long V => Preset.IsShort ? 16_384 : 151_936;

    public static IEnumerable<int> Sizes => Preset.IsShort ? [64] : [2048];

    [ParamsSource(nameof(Sizes))]
    public int N { get; set; }

    [Params(ScalarType.Float32, ScalarType.BFloat16)]
    public ScalarType Type { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        manual_seed(1);
        _hidden = randn(N, H).to_type(Type).requires_grad_();
        using (Tensor wide = randn(V, H)) _head = wide.mul_(0.03).to_type(Type).requires_grad_();
        _targets = randint(0, V, [N]);
        // Every ratio is 1: a clipped row has no gradient and costs less.
        using (no_grad()) _old = TokenLogProbs.FromHidden(_hidden, _head, _targets).LogProbs;
        _advantages = randn(N);
        _halfAdvantages = _advantages * arange(N).lt(N / 2);
        _weights = full(N, 1f / N);
        _mask = ones(1, N);
        (string, Action)[] calls =
        [
            (nameof(WithGradient), () => WithGradient()), (nameof(Recomputing), () => Recomputing()), (nameof(Plain), () => Plain()),
            (nameof(FrozenPlain), () => FrozenPlain()), (nameof(FrozenFromHidden), () => FrozenFromHidden()),
        ];
        foreach ((string name, Action call) in calls)
            NativePeakColumn.Record(nameof(HeadBenchmarks), name, call, N, Type);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (Tensor tensor in (Tensor[])[_hidden, _head, _targets, _old, _advantages, _halfAdvantages, _weights, _mask]) tensor.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory(Trains)]
    public float Plain() => Step(() => Loss(PlainLogProbs(_head), _advantages));

    [Benchmark, BenchmarkCategory(Trains)]
    public float Recomputing() => Step(() => Loss(TokenLogProbs.FromHidden(_hidden, _head, _targets).LogProbs, _advantages));

    [Benchmark, BenchmarkCategory(Trains)]
    public float WithGradient() => Step(() => LossInOnePass(_advantages));

    /// <summary>A group of which all trajectories are right, or all are wrong: its rows are not worked on in the backward pass.</summary>
    [Benchmark, BenchmarkCategory(Trains)]
    public float RecomputingHalfWithoutAdvantage() => Step(() => Loss(TokenLogProbs.FromHidden(_hidden, _head, _targets).LogProbs, _halfAdvantages));

    /// <summary>Whole chunks of them enter no product of a gradient.</summary>
    [Benchmark, BenchmarkCategory(Trains)]
    public float WithGradientHalfWithoutAdvantage() => Step(() => LossInOnePass(_halfAdvantages));

    /// <summary>As under adapters (LoRA): the gradient goes to the hidden states only.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory(Frozen)]
    public float FrozenPlain() => Step(() => Loss(PlainLogProbs(_head.detach()), _advantages));

    [Benchmark, BenchmarkCategory(Frozen)]
    public float FrozenFromHidden() => Step(() => Loss(TokenLogProbs.FromHidden(_hidden, _head.detach(), _targets).LogProbs, _advantages));

    [Benchmark, BenchmarkCategory(Trains)]
    public float Product()
    {
        using var scope = NewDisposeScope();
        using var constant = no_grad();
        return Logits(_head)[0, 0].to_type(ScalarType.Float32).item<float>();
    }

    private Tensor PlainLogProbs(Tensor head) => Logits(head).to_type(ScalarType.Float32).log_softmax(-1).gather(1, _targets.unsqueeze(1)).squeeze(1);

    private Tensor Logits(Tensor head)
    {
        ScalarType type = NarrowProducts.AreNative(Type) ? Type : ScalarType.Float32;
        return _hidden.to_type(type).mm(head.to_type(type).t());
    }

    private Tensor Loss(Tensor logProbs, Tensor advantages, long first = 0)
    {
        Tensor Rows(Tensor of) => of.narrow(0, first, logProbs.size(0)).unsqueeze(0);
        Tensor perToken = PolicyLoss.ClippedSurrogate(logProbs.unsqueeze(0), Rows(_old), Rows(advantages), _mask.narrow(1, first, logProbs.size(0)), Clip).Loss;
        return (perToken * Rows(_weights)).sum();
    }

    private Tensor LossInOnePass(Tensor advantages) => TokenLogProbs.WithGradient(_hidden, _head, _targets, (logProbs, _, first) =>
    {
        Tensor leaf = logProbs.detach().requires_grad_();
        Loss(leaf, advantages, first).backward();
        return leaf.grad!;
    }).Carrier;

    private float Step(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        Tensor value = loss();
        value.backward();
        foreach (Tensor parameter in (Tensor[])[_hidden, _head])
        {
            parameter.grad?.Dispose();
            parameter.grad = null;
        }
        return value.item<float>();
    }
}
