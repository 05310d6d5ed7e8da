using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class TrainerReproducibilityTests
{
    [Test]
    public async Task Run_SameSeed_IsTheSameBitForBit()
    {
        Outcome first = await RunAsync(Options(steps: 4));
        Outcome second = await RunAsync(Options(steps: 4));

        second.Parameters.Should().Equal(first.Parameters);
        second.Steps.Select(Figures).Should().BeEquivalentTo(first.Steps.Select(Figures), o => o.WithStrictOrdering());
        first.Steps.Sum(s => s.Experiences.Retained.Count).Should().BePositive("the comparison must cover the experience loop");
    }

    [Test]
    public async Task Run_OtherSeed_Differs()
    {
        TrainerOptions other = Options();
        other.Seed = 8;

        (await RunAsync(other)).Parameters.Should().NotEqual((await RunAsync()).Parameters);
    }

    [Test]
    public async Task Run_ClockOfFixedSteps_ReproducesTheTimesToo()
    {
        async Task<IReadOnlyList<StepReport>> Once()
        {
            using BigramPolicy policy = Policy();
            StepClock clock = new(TimeSpan.FromMilliseconds(1));
            RecordingProgress progress = new();
            await new Trainer(policy, Judge, Learning(Algorithm.Grpo()), Options(), new TrainerParts { Time = clock }).RunAsync(Questions(), progress);
            return progress.Reports;
        }

        IReadOnlyList<StepReport> first = await Once(), second = await Once();

        second.Select(s => s.Timing).Should().BeEquivalentTo(first.Select(s => s.Timing), o => o.WithStrictOrdering());
        first[0].Timing.Should().BeEquivalentTo(
            new StepTiming(rollout: Ms(1), verify: Ms(1), extraction: Ms(1), replay: Ms(2), update: Ms(1), total: first[0].Timing.Total), "each phase is read once before and once after; a replay samples and judges");

        static TimeSpan Ms(int n) => TimeSpan.FromMilliseconds(n);
    }

    [Test]
    public async Task Run_SmallMicroBatches_EqualOneBatch()
    {
        // With an epsilon far above the gradients AdamW is linear in them, so that the parameters show the gradients themselves.
        static TrainerOptions WithMicroBatch(int tokens)
        {
            TrainerOptions options = Options(steps: 1);
            options.MicroBatchTokens = tokens;
            options.Optimizer = new OptimizerOptions { LearningRate = 1, Epsilon = 1, MaxGradientNorm = 0 };
            return options;
        }

        Outcome whole = await RunAsync(WithMicroBatch(100_000)), parts = await RunAsync(WithMicroBatch(20));

        for (int i = 0; i < whole.Parameters.Length; i++) parts.Parameters[i].Should().BeApproximately(whole.Parameters[i], 1e-6f);
        Dictionary<string, double> expected = Figures(whole.Steps[0]), given = Figures(parts.Steps[0]);
        given.Keys.Should().BeEquivalentTo(expected.Keys);
        foreach ((string name, double value) in expected) given[name].Should().BeApproximately(value, 1e-6 * Math.Max(1, Math.Abs(value)), name);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Run_StoppedAndResumed_EqualsTheUninterruptedRun(bool cancelBetweenSteps)
    {
        using TemporaryFolder folder = new();
        Outcome uninterrupted = await RunAsync(Options(steps: 6));
        TrainerOptions options = Options(steps: 6);
        options.CheckpointFolder = folder.Path;

        using CancellationTokenSource stop = new();
        using BigramPolicy policy = Policy();
        IPolicy model = cancelBetweenSteps ? policy : new StoppingPolicy(policy, stop, afterCalls: 9);
        RecordingProgress progress = new(r =>
        {
            if (cancelBetweenSteps && r.Step == 3) stop.Cancel();
        });
        Func<Task> stopped = () => new Trainer(model, Judge, Learning(Algorithm.Grpo()), options).RunAsync(Questions(), progress, stop.Token);
        await stopped.Should().ThrowAsync<OperationCanceledException>();
        progress.Reports.Select(r => r.Step).Should().Equal(1, 2, 3);

        using BigramPolicy other = Policy(seed: 99);
        Outcome resumed = await RunAsync(options, policy: other);

        resumed.Parameters.Should().Equal(uninterrupted.Parameters);
        resumed.Steps.Select(s => s.Step).Should().Equal(4, 5, 6);
        resumed.Steps.Select(Figures).Should().BeEquivalentTo(uninterrupted.Steps.Skip(3).Select(Figures), o => o.WithStrictOrdering());
        resumed.Report.SampledTokens.Should().Be(uninterrupted.Report.SampledTokens);
    }

    [Test]
    public async Task Run_OfAFinishedCheckpoint_HasNothingLeftToDo()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        Outcome first = await RunAsync(options);

        Outcome second = await RunAsync(options);

        second.Steps.Should().BeEmpty();
        second.Report.Should().BeEquivalentTo(new { Steps = 2, Last = (StepReport?)null, first.Report.SampledTokens });
        second.Parameters.Should().Equal(first.Parameters);
    }

    [Test]
    public async Task Run_StoppedBeforeTheFirstStepEnds_WritesNothing()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options();
        options.CheckpointFolder = Path.Combine(folder.Path, "run");
        using CancellationTokenSource stop = new();
        stop.Cancel();

        await FluentActions.Awaiting(() => RunAsync(options, cancellationToken: stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        Directory.Exists(options.CheckpointFolder).Should().BeFalse();
    }

    [Test]
    public async Task Resume_CheckpointOfOtherSettings_IsRefusedAndNothingTouched()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Seed++;
        using BigramPolicy policy = Policy(seed: 5);
        float[] before = policy.Snapshot();

        (await FluentActions.Awaiting(() => RunAsync(options, policy: policy)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*belongs to a run with other settings: Seed was 7 and is 8. Choose another checkpoint folder*");
        policy.Snapshot().Should().Equal(before);
    }

    [TestCase("reinforce++", "*advantages was GroupRelativeAdvantage and is BatchNormalizedAdvantage*")]
    [TestCase("rft", "*objective was ClippedSurrogateObjective and is LogLikelihoodObjective*")]
    [TestCase("schedule", "*Optimizer.Schedule was Constant and is Cosine*")]
    [TestCase("tokens", "*Sampling.MaxTokens was 12 and is 13*")]
    public async Task Resume_WhatChangesTheNumbersOfTheRun_IsRefused(string change, string message)
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options, Algorithm.Grpo(), withExperiences: false);
        if (change == "schedule") options.Optimizer.Schedule = LearningRateSchedule.Cosine;
        if (change == "tokens") options.Sampling = new SamplingOptions { MaxTokens = 13 };
        Algorithm algorithm = Algorithm.Names.Contains(change) ? Algorithm.Named(change) : Algorithm.Grpo();

        (await FluentActions.Awaiting(() => RunAsync(options, algorithm, withExperiences: false)).Should().ThrowAsync<CheckpointException>()).WithMessage(message);
    }

    [Test]
    public async Task Resume_MoreSteps_GoesOn()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        options.Steps = 4;

        Outcome longer = await RunAsync(options);

        longer.Steps.Select(s => s.Step).Should().Equal(3, 4);
        longer.Parameters.Should().Equal((await RunAsync(Options(steps: 4))).Parameters);
    }

    [Test]
    public async Task Resume_CheckpointOfAnotherModel_IsRefusedAndNothingTouched()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        using BigramPolicy larger = new(Alphabet.Insert(0, "z"));
        float[] before = larger.Snapshot();

        (await FluentActions.Awaiting(() => RunAsync(options, policy: larger)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*policy.logits*shape [7, 7]*the model's is [8, 8]*Choose another checkpoint folder*");
        larger.Snapshot().Should().Equal(before);
    }

    [Test]
    public async Task Resume_CheckpointOfALargerModel_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        using Tensor bias = zeros(3);
        using (BigramPolicy policy = Policy()) await new Trainer(new WithBias(policy, bias), Judge, Algorithm.Grpo(), options).RunAsync(Questions());

        (await FluentActions.Awaiting(() => RunAsync(options, Algorithm.Grpo(), withExperiences: false)).Should().ThrowAsync<CheckpointException>())
            .WithMessage("*policy.bias*the model has no such tensor, so the checkpoint belongs to another one*");
    }

    [Test]
    public async Task Resume_DamagedCheckpoint_IsRefused()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = Options(steps: 1);
        options.CheckpointFolder = folder.Path;
        await RunAsync(options);
        string file = Directory.GetFiles(folder.Path).Should().ContainSingle().Subject;
        byte[] bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^7]);

        await FluentActions.Awaiting(() => RunAsync(options)).Should().ThrowAsync<CheckpointException>();
    }

    /// <summary>A policy with one more parameter, which has no part in anything.</summary>
    private sealed class WithBias(IPolicy inner, Tensor bias) : DelegatingPolicy(inner)
    {
        public override IReadOnlyDictionary<string, Tensor> Parameters => new Dictionary<string, Tensor>(base.Parameters) { ["bias"] = bias };
    }

    /// <summary>Cancels the run in the middle of a step, when it is asked to sample for the n-th time.</summary>
    private sealed class StoppingPolicy(IPolicy inner, CancellationTokenSource stop, int afterCalls) : DelegatingPolicy(inner)
    {
        private int _calls;

        public override Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        {
            if (++_calls > afterCalls) stop.Cancel();
            return base.SampleAsync(requests, options, cancellationToken);
        }
    }
}
