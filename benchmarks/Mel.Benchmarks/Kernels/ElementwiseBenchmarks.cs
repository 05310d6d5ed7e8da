using Mel.Losses;
using BenchmarkDotNet.Attributes;
using static TorchSharp.torch;

namespace Mel.Benchmarks.Kernels;

/// <summary>
/// Losses per token over [64, 1024], forward and backward, as the policy objectives call them, against the composition of tensor operations that a user (or TRL)
/// writes. 100 calls per measurement.
/// </summary>
[Config(typeof(ShortCallConfig))]
[GroupBenchmarksBy(BenchmarkDotNet.Configs.BenchmarkLogicalGroupRule.ByCategory), CategoriesColumn]
public class ElementwiseBenchmarks
{
    private const int Calls = 100;
    private const long B = 64, T = 1024;
    private static readonly ClipRange Clip = new(0.2, 0.28);
    private Tensor _logProbs = null!, _old = null!, _reference = null!, _advantages = null!, _mask = null!;
    private LossNormalizer _normalizer;

    [GlobalSetup]
    public void Setup()
    {
        set_num_threads(1);
        manual_seed(1);
        empty(4 << 20).Dispose();     // as in a process that has run a model: glibc now keeps freed memory of this size instead of getting it anew, page by page
        _logProbs = (randn(B, T) * 0.5 - 1).requires_grad_();
        _old = _logProbs.detach() + randn(B, T) * 0.2;
        _reference = _logProbs.detach() + randn(B, T) * 0.2;
        _advantages = randn(B, 1);
        _mask = rand(B, T).lt(0.9).to_type(ScalarType.Float32);
        _normalizer = LossNormalizer.FromMask(Aggregation.TokenMean, _mask);
        foreach ((string name, Action call) in ((string, Action)[])[(nameof(ClippedPlain), () => ClippedPlain()), (nameof(ClippedMel), () => ClippedMel()), (nameof(SequencePlain), () => SequencePlain()), (nameof(SequenceMel), () => SequenceMel()),
            (nameof(CispoPlain), () => CispoPlain()), (nameof(CispoMel), () => CispoMel()), (nameof(ClippedWithK3Plain), () => ClippedWithK3Plain()), (nameof(ClippedWithK3Mel), () => ClippedWithK3Mel()), (nameof(K3Plain), () => K3Plain()), (nameof(K3Mel), () => K3Mel())])
            NativePeakColumn.Record(nameof(ElementwiseBenchmarks), name, call);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("clipped surrogate")]
    public float ClippedPlain() => Repeat(() => PlainMean(Surrogate(Ratio())));

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory("clipped surrogate")]
    public float ClippedMel() => Repeat(() => PolicyLoss.AggregateClippedSurrogate(_logProbs, _old, _advantages, _mask, _normalizer, Clip).Loss);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("sequence ratio (GSPO)")]
    public float SequencePlain() => Repeat(() => PlainMean(Surrogate((((_logProbs - _old) * _mask).sum(1, keepdim: true) / _mask.sum(1, keepdim: true).clamp_min(1)).exp()).expand(B, T)));

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory("sequence ratio (GSPO)")]
    public float SequenceMel() => Repeat(() => PolicyLoss.AggregateClippedSurrogate(_logProbs, _old, _advantages, _mask, _normalizer, Clip, level: RatioLevel.Sequence).Loss);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("CISPO")]
    public float CispoPlain() => Repeat(() => PlainMean(-Ratio().detach().clamp_max(2) * _advantages * _logProbs));

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory("CISPO")]
    public float CispoMel() => Repeat(() => PolicyLoss.AggregateCispo(_logProbs, _old, _advantages, _mask, _normalizer, maxWeight: 2).Loss);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("clipped surrogate + k3")]
    public float ClippedWithK3Plain() => Repeat(() => PlainMean(Surrogate(Ratio()) + PlainK3() * 0.04));

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory("clipped surrogate + k3")]
    public float ClippedWithK3Mel() => Repeat(() => PolicyLoss.AggregateClippedSurrogate(_logProbs, _old, _advantages, _mask, _normalizer, Clip).Loss + AggregatedK3() * 0.04);

    [Benchmark(Baseline = true, OperationsPerInvoke = Calls), BenchmarkCategory("k3 alone")]
    public float K3Plain() => Repeat(() => PlainMean(PlainK3()));

    [Benchmark(OperationsPerInvoke = Calls), BenchmarkCategory("k3 alone")]
    public float K3Mel() => Repeat(() => AggregatedK3());

    private Tensor Ratio() => (_logProbs - _old).exp();

    private Tensor Surrogate(Tensor ratio) => -minimum(ratio * _advantages, ratio.clamp(0.8, 1.28) * _advantages);

    private Tensor PlainK3()
    {
        Tensor d = _reference - _logProbs;
        return d.exp() - d - 1;
    }

    private Tensor AggregatedK3() => Divergence.Aggregate(KlEstimator.K3, _logProbs, _reference, _mask, _normalizer);

    private Tensor PlainMean(Tensor perToken) => (perToken * _mask).sum() / _mask.sum().clamp_min(1);

    private float Repeat(Func<Tensor> loss)
    {
        float last = 0;
        for (int i = 0; i < Calls; i++)
        {
            using var scope = NewDisposeScope();
            Tensor value = loss();
            value.backward();
            last = value.item<float>();
            _logProbs.grad?.Dispose();
            _logProbs.grad = null;
        }
        return last;
    }
}
