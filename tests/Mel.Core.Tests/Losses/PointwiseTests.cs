using Mel.Losses;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Losses;

[TestFixture, NoTensorLeaks, NonParallelizable]
public sealed class PointwiseTests
{
    private int _threads;

    [SetUp]
    public void Remember() => _threads = get_num_threads();

    [TearDown]
    public void Restore() => set_num_threads(_threads);

    [Test]
    public void Aggregate_RowsSharedOutToThreads_GivesTheSameBits([Values] RatioLevel level, [Values(Aggregation.TokenMean, Aggregation.SequenceMeanTokenMean)] Aggregation aggregation)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        Tensor logProbs = randn(301, 1001, generator: generator).requires_grad_(), old = logProbs.detach() + randn(301, 1001, generator: generator) * 0.3 + randn(301, 1, generator: generator) * 0.3;   // enough for four threads
        Tensor advantages = randn(301, 1, generator: generator), mask = rand(301, 1001, generator: generator).lt(0.8);
        LossNormalizer normalizer = LossNormalizer.FromMask(aggregation, mask);
        (float Loss, double Low, double High, Tensor Gradient) On(int threads)
        {
            set_num_threads(threads);
            PolicyLossSum sum = PolicyLoss.AggregateClippedSurrogate(logProbs, old, advantages, mask, normalizer, new ClipRange(0.2), level: level);
            sum.Loss.backward();
            Tensor gradient = logProbs.grad!.clone();
            logProbs.grad = null;
            return (sum.Loss.item<float>(), sum.ClippedLow, sum.ClippedHigh, gradient);
        }

        var one = On(1);
        foreach (int threads in (int[])[2, 3])
        {
            var several = On(threads);
            (several.Loss, several.Low, several.High).Should().Be((one.Loss, one.Low, one.High));
            several.Gradient.Equals(one.Gradient).Should().BeTrue();
        }
        one.Low.Should().BePositive();
    }
}
