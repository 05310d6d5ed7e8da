using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class TrainerOptimizationTests
{
    [TestCase(LearningRateSchedule.Constant, new[] { 0.25, 0.5, 0.75, 1, 1, 1, 1, 1 })]
    [TestCase(LearningRateSchedule.Linear, new[] { 0.25, 0.5, 0.75, 1, 1, 0.75, 0.5, 0.25 })]
    [TestCase(LearningRateSchedule.Cosine, new[] { 0.25, 0.5, 0.75, 1, 1, 0.8535533905932737, 0.5, 0.1464466094067262 })]
    public async Task LearningRate_WarmsUpThenFollowsTheSchedule(LearningRateSchedule schedule, double[] shares)
    {
        TrainerOptions options = Options(steps: 8);
        options.Optimizer = new OptimizerOptions { LearningRate = 0.01, WarmupSteps = 4, Schedule = schedule };

        Outcome run = await RunAsync(options, withExperiences: false);

        run.Steps.Select(s => s.Metrics[MetricNames.LearningRate]).Should().SatisfyRespectively(
            shares.Select(share => (Action<double>)(rate => rate.Should().BeApproximately(0.01 * share, 1e-12))));
    }

    [Test]
    public async Task LearningRate_SeveralUpdatesPerStep_RunsOnUpdates()
    {
        TrainerOptions options = Options(steps: 2);
        (options.MiniBatchPrompts, options.Epochs) = (2, 2);
        options.Optimizer = new OptimizerOptions { LearningRate = 0.08, Schedule = LearningRateSchedule.Linear };

        Outcome run = await RunAsync(options, withExperiences: false);

        // 2 steps x 2 epochs x 2 mini-batches; the report shows the last update of its step.
        run.Steps.Select(s => s.Metrics[MetricNames.LearningRate]).Should().Equal(0.08 * (1 - (3 / 8.0)), 0.08 * (1 - (7 / 8.0)));
    }

    [Test]
    public async Task GradientNorm_AboveTheLimit_IsScaledDownToIt()
    {
        double free = await StepLengthAsync(limit: 0), limited = await StepLengthAsync(limit: 0.01), roomy = await StepLengthAsync(limit: 100);

        free.Should().BeGreaterThan(0.02);
        limited.Should().BeApproximately(0.01, 1e-5);
        roomy.Should().Be(free);
    }

    [Test]
    public async Task GradientNorm_IsReportedBeforeClipping()
    {
        TrainerOptions options = Linear(limit: 0.01);

        Outcome run = await RunAsync(options, withExperiences: false);

        run.Steps[0].Metrics[MetricNames.GradientNorm].Should().BeApproximately(await StepLengthAsync(limit: 0), 1e-4).And.Be(run.Steps[0].Metrics["grad_norm/policy"]);
    }

    [TestCase(0.0)]
    [TestCase(0.25)]
    [TestCase(3.0)]
    public async Task TermScaling_GradientNormRatio_IsRhoTimesTheFirstTerm(double rho)
    {
        MetaExperienceOptions scaled = new() { Scaling = TermScalingKind.GradientNormRatio, Weight = rho };
        float[] both = await MoveAsync(Algorithm.Grpo().WithMetaExperience(scaled)), policyOnly = await MoveAsync(Algorithm.Grpo());

        double policy = Norm(policyOnly), experience = Norm([.. both.Zip(policyOnly, (b, p) => b - p)]);

        experience.Should().BeApproximately(rho * policy, 1e-4 * Math.Max(1, rho) * policy);
    }

    [Test]
    public async Task TermScaling_Fixed_AddsTheGradients()
    {
        float[] policy = await MoveAsync(Algorithm.Grpo()), once = await MoveAsync(Algorithm.Grpo().WithMetaExperience()), twice = await MoveAsync(Algorithm.Grpo().WithMetaExperience(new() { Weight = 2 }));

        for (int i = 0; i < policy.Length; i++) (twice[i] - once[i]).Should().BeApproximately(once[i] - policy[i], 2e-5f);
    }

    [Test]
    public async Task TermScaling_IsReportedPerTerm()
    {
        MetaExperienceOptions scaled = new() { Scaling = TermScalingKind.GradientNormRatio, Weight = 0.25 };

        StepReport step = (await RunAsync(Options(steps: 1), Algorithm.Grpo().WithMetaExperience(scaled))).Steps[0];

        step.Terms.Select(t => t.Name).Should().Equal("policy", "meta_experience");
        (step.Terms[1].Factor * step.Terms[1].GradientNorm).Should().BeApproximately(0.25 * step.Terms[0].GradientNorm, 1e-12);
        step.Metrics["grad_scale/meta_experience"].Should().Be(step.Terms[1].Factor);
        step.Metrics["grad_norm/meta_experience"].Should().Be(step.Terms[1].GradientNorm);
        step.Metrics[MetricNames.Loss].Should().BeApproximately(step.Terms[0].Loss + (step.Terms[1].Factor * step.Terms[1].Loss), 1e-12);
    }

    /// <summary>One update in which AdamW is linear in the gradient: epsilon and learning rate are equal and far above it.</summary>
    private static TrainerOptions Linear(double limit)
    {
        TrainerOptions options = Options(steps: 1);
        options.Optimizer = new OptimizerOptions { LearningRate = 1e4, Epsilon = 1e4, MaxGradientNorm = limit };
        return options;
    }

    private static async Task<double> StepLengthAsync(double limit) => Norm(await MoveAsync(Algorithm.Grpo(), limit));

    private static async Task<float[]> MoveAsync(Algorithm algorithm, double limit = 0)
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        bool learns = algorithm.Objective is MetaExperienceObjective;
        Outcome run = await RunAsync(Linear(limit), algorithm, policy, learns);
        run.Steps[0].Experiences.Retained.Any().Should().Be(learns);
        return [.. run.Parameters.Zip(before, (after, start) => after - start)];
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));
}
