using Mel.Testing;
using Mel.Transformers;
using static TorchSharp.torch;

namespace Mel.Samples.Tests.Miniature;

[TestFixture, NoTensorLeaks]
public sealed class WarmStartTests
{
    [SetUp]
    public void SetUp() => set_num_threads(1);

    [Test]
    public void WarmStart_FewSteps_EveryLossFalls()
    {
        List<WarmStartStep> steps = Run(steps: 25, seed: 1);
        foreach (CorpusTask task in Enum.GetValues<CorpusTask>()) steps[^1].Losses[task].Should().BeLessThan(0.95 * steps[0].Losses[task], "{0} is learned", task);
    }

    [Test]
    public void WarmStart_SameSeeds_SameRun()
    {
        List<WarmStartStep> first = Run(steps: 3, seed: 1), second = Run(steps: 3, seed: 1), other = Run(steps: 3, seed: 2);
        second.Select(s => s.GradientNorm).Should().Equal(first.Select(s => s.GradientNorm));
        other[0].GradientNorm.Should().NotBe(first[0].GradientNorm);
    }

    [Test]
    public void LearningRate_RisesThenFallsToZero()
    {
        var options = new WarmStartOptions { Steps = 300, WarmupSteps = 100, LearningRate = 1 };
        options.LearningRateAt(0).Should().BeApproximately(0.01, 1e-12);
        options.LearningRateAt(99).Should().BeApproximately(1, 1e-12);
        options.LearningRateAt(200).Should().BeApproximately(0.5, 1e-12);
        options.LearningRateAt(299).Should().BeLessThan(1e-3);
    }

    [Test]
    public void WarmStart_Canceled_StopsBetweenSteps()
    {
        using TransformerPolicy policy = MiniatureModel.Create(seed: 1);
        using var stop = new CancellationTokenSource();
        int steps = 0;
        var progress = new Collect(_ =>
        {
            if (++steps == 2) stop.Cancel();
        });
        FluentActions.Invoking(() => new WarmStart(new World().Beliefs, policy, new WarmStartOptions()).Run(progress, stop.Token)).Should().Throw<OperationCanceledException>();
        steps.Should().Be(2);
    }

    private static List<WarmStartStep> Run(int steps, ulong seed)
    {
        using TransformerPolicy policy = MiniatureModel.Create(seed: 1);
        var reports = new List<WarmStartStep>();
        new WarmStart(new World().Beliefs, policy, new WarmStartOptions { Steps = steps, Seed = seed, WarmupSteps = 10 }).Run(new Collect(reports.Add));
        return reports;
    }

    private sealed class Collect(Action<WarmStartStep> add) : IProgress<WarmStartStep>
    {
        public void Report(WarmStartStep value) => add(value);
    }
}
