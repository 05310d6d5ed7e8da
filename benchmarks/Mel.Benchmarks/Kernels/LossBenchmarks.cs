using BenchmarkDotNet.Attributes;
using Mel.Losses;
using static TorchSharp.torch;

namespace Mel.Benchmarks.Kernels;

/// <summary>Losses per token over [64, 1024], forward and backward, as the policy objectives compute them. 100 calls per measurement.</summary>
[Config(typeof(ShortCallConfig))]
public class LossBenchmarks
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
        // As in a process that has run a model: glibc now keeps freed memory of this size instead of getting it anew, page by page.
        empty(4 << 20).Dispose();
        _logProbs = (randn(B, T) * 0.5 - 1).requires_grad_();
        _old = _logProbs.detach() + randn(B, T) * 0.2;
        _reference = _logProbs.detach() + randn(B, T) * 0.2;
        _advantages = randn(B, 1);
        _mask = rand(B, T).lt(0.9);
        _normalizer = LossNormalizer.FromMask(Aggregation.TokenMean, _mask);
    }

    [Benchmark(OperationsPerInvoke = Calls)]
    public float ClippedSurrogate() => Repeat(() => PolicyLoss.ClippedSurrogate(_logProbs, _old, _advantages, _mask, Clip).Loss);

    [Benchmark(OperationsPerInvoke = Calls)]
    public float SequenceRatio() => Repeat(() => PolicyLoss.ClippedSurrogate(_logProbs, _old, _advantages, _mask, Clip, level: RatioLevel.Sequence).Loss);

    [Benchmark(OperationsPerInvoke = Calls)]
    public float Cispo() => Repeat(() => PolicyLoss.Cispo(_logProbs, _old, _advantages, _mask, maxWeight: 2).Loss);

    [Benchmark(OperationsPerInvoke = Calls)]
    public float K3() => Repeat(() => Divergence.K3(_logProbs, _reference, _mask));

    private float Repeat(Func<Tensor> perToken)
    {
        float last = 0;
        for (int i = 0; i < Calls; i++)
        {
            using var scope = NewDisposeScope();
            Tensor loss = MaskedReduce.Aggregate(perToken(), _mask, _normalizer);
            loss.backward();
            last = loss.item<float>();
            _logProbs.grad?.Dispose();
            _logProbs.grad = null;
        }
        return last;
    }
}
