using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>The learning rate of an update: counted in updates of full steps, and at its end when the run is.</summary>
[TestFixture, NoTensorLeaks]
public sealed class LearningRateTests
{
    [Test]
    public void LearningRateAt_FullSteps_IsTheFormulaOverUpdates_BitForBit()
    {
        int compared = 0;
        foreach (LearningRateSchedule schedule in Enum.GetValues<LearningRateSchedule>())
        foreach ((int steps, int prompts, int miniBatch, int epochs, int warmup) in Shapes())
        {
            TrainerOptions options = new()
            {
                Steps = steps, PromptsPerStep = prompts, MiniBatchPrompts = miniBatch, Epochs = epochs,
                Optimizer = new OptimizerOptions { LearningRate = 3e-4 / 7, WarmupSteps = warmup, Schedule = schedule },
            };
            int perStep = epochs * (miniBatch == 0 ? 1 : (prompts + miniBatch - 1) / miniBatch);
            for (int step = 0; step < steps; step++)
            {
                for (int i = 0; i < perStep; i++, compared++)
                    options.LearningRateAt(step, i, perStep).Should().Be(OverUpdates(options, ((long)step * perStep) + i, (long)steps * perStep));
            }
        }

        compared.Should().BeGreaterThan(5000);
    }

    [Test]
    public void LearningRateAt_FewerUpdates_GoThroughTheirStepInEqualStrides()
    {
        // Two steps of four updates each in full; the second has two.
        TrainerOptions options = new() { Steps = 2, PromptsPerStep = 4, MiniBatchPrompts = 1, Optimizer = new() { LearningRate = 0.8, Schedule = LearningRateSchedule.Linear } };

        options.LearningRateAt(1, 0, 2).Should().BeApproximately(0.8 * (1 - (4 / 8.0)), 1e-15);
        options.LearningRateAt(1, 1, 2).Should().BeApproximately(0.8 * (1 - (6 / 8.0)), 1e-15);
    }

    [Test]
    public void LearningRateAt_FewerUpdatesInTheWarmUp_StayBelowTheRate()
    {
        // The second of three updates in a step of four lies at 4/3 of a warm-up of two, the third at 8/3 after it.
        TrainerOptions options = new() { Steps = 2, PromptsPerStep = 4, MiniBatchPrompts = 1, Optimizer = new() { LearningRate = 0.8, WarmupSteps = 2 } };

        Enumerable.Range(0, 3).Select(i => options.LearningRateAt(0, i, 3)).Should().Equal(0.4, 0.8, 0.8);
    }

    [TestCase(LearningRateSchedule.Linear)]
    [TestCase(LearningRateSchedule.Cosine)]
    public async Task LearningRate_StepsCutShortByAFilter_EndsWithTheRun(LearningRateSchedule schedule)
    {
        TrainerOptions options = Options(steps: 10);
        (options.MiniBatchPrompts, options.MaxRefills, options.GroupSize) = (1, 0, 2);
        options.Optimizer.Schedule = schedule;

        Outcome run = await RunAsync(options, Algorithm.Dapo(), withExperiences: false);

        run.Steps.Should().Contain(s => s.Groups.Count < 4);
        double[] rates = [.. run.Steps.Select(s => s.Metrics[MetricNames.LearningRate])];
        rates.Should().BeInDescendingOrder();
        rates[^1].Should().BeLessThanOrEqualTo(0.0101, "a tenth of 0.1 is the most that is left at the beginning of the last of ten steps");
    }

    [Test]
    public async Task LearningRate_EveryGroupEvicted_StillFallsStepByStep()
    {
        TrainerOptions options = Options(steps: 4);
        (options.MiniBatchPrompts, options.MaxRefills) = (1, 0);
        options.Optimizer.Schedule = LearningRateSchedule.Linear;

        Outcome run = await RunAsync(options, Algorithm.Dapo(), withExperiences: false, verifier: Verifier.From((_, _) => true, requireTermination: false));

        run.Steps.Select(s => s.Metrics[MetricNames.LearningRate]).Should().Equal(0.1, 0.1 * 0.75, 0.1 * 0.5, 0.1 * 0.25);
    }

    private static IEnumerable<(int Steps, int Prompts, int MiniBatch, int Epochs, int Warmup)> Shapes()
        => from steps in (int[])[1, 3, 17]
           from prompts in (int[])[1, 5, 8]
           from miniBatch in (int[])[0, 1, 3]
           from epochs in (int[])[1, 2]
           from warmup in (int[])[0, 1, 7, 1000]
           select (steps, prompts, miniBatch, epochs, warmup);

    private static double OverUpdates(TrainerOptions options, long update, long updates)
    {
        OptimizerOptions optimizer = options.Optimizer;
        if (update < optimizer.WarmupSteps) return optimizer.LearningRate * (update + 1) / optimizer.WarmupSteps;
        double done = Math.Min(1, (update - optimizer.WarmupSteps) / Math.Max(1, (double)updates - optimizer.WarmupSteps));
        return optimizer.LearningRate * optimizer.Schedule switch
        {
            LearningRateSchedule.Linear => 1 - done,
            LearningRateSchedule.Cosine => 0.5 * (1 + Math.Cos(Math.PI * done)),
            _ => 1.0,
        };
    }
}
