using Mel.Algorithms;
using Mel.Core.Tests.Paper;
using Mel.Core.Tests.Training;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;

namespace Mel.Core.Tests.Experiences;

/// <summary>What an extractor may do within a run beside retaining experiences: remember, let attempts join their groups, rehearse.</summary>
[TestFixture, NoTensorLeaks]
public sealed class ExtractionInRunTests
{
    [Test]
    public async Task State_OfAnExtractorInsideOthers_IsPartOfTheCheckpoint()
    {
        using TemporaryFolder folder = new();
        TrainerOptions options = TinyRun.Options(steps: 2);
        options.CheckpointFolder = folder.Path;
        Remembering first = new(), resumed = new();
        await RunAsync(first, options);
        options.Steps = 4;

        await RunAsync(resumed, options);

        first.Steps.Should().Equal(1, 2);
        resumed.Steps.Should().Equal([1, 2, 3, 4], "the step is part of the request, and the first two are remembered");
    }

    [Test]
    public async Task State_OfAnExtractorInACanceledStep_IsThatOfTheStepBoundary()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource stop = new();
        TrainerOptions options = TinyRun.Options(steps: 3);
        options.CheckpointFolder = folder.Path;
        Remembering first = new(step =>
        {
            if (step == 2) stop.Cancel();
        }), resumed = new();
        await FluentActions.Awaiting(() => RunAsync(first, options, cancellationToken: stop.Token)).Should().ThrowAsync<OperationCanceledException>();

        await RunAsync(resumed, options);

        first.Steps.Should().Equal(1, 2);
        resumed.Steps.Should().Equal([1, 2, 3], "the second step was not completed: it is made again, and remembered once");
    }

    [Test]
    public async Task Joining_ReachesTheGroup_ItsAdvantagesAndTheBatch()
    {
        using BigramPolicy policy = TinyRun.Policy();
        Trajectory repair = new(policy.Encode("bb!"), new[] { -1f, -1f, -1f }, "bb", FinishReason.Stop);
        JoiningTrajectory[] joining = [new(2, repair, Verdict.Correct), new(2, repair, new Judgement(Verdict.Incorrect, 0.25))];
        Fixed extractor = new(new ExtractionResult { Joining = joining });
        BatchSpy spy = new(new RehearsalObjective(new ClippedSurrogateObjective()));

        StepReport step = (await RunAsync(extractor, TinyRun.Options(steps: 1), spy, policy)).Single();

        step.Groups.Select(g => g.Trajectories.Count).Should().Equal(8, 8, 10, 8);
        RolloutGroup joined = step.Groups[2];
        (joined.Verdicts[^2], joined.Rewards[^2], joined.Verdicts[^1], joined.Rewards[^1]).Should().Be((Verdict.Correct, 1.0, Verdict.Incorrect, 0.25));
        TrainingSample[] samples = [.. spy.Batches.Single().Samples];
        samples.Should().HaveCount(34);
        double mean = joined.Rewards.Average(), deviation = Math.Sqrt(joined.Rewards.Sum(r => (r - mean) * (r - mean)) / 9);
        samples.Single(s => s.Trajectory.TokenIds.Equals(repair.TokenIds) && s.Advantage[0] > 0).Advantage[0].Should()
            .BeApproximately((1 - mean) / (deviation + 1e-6), 1e-12);
        samples[16].Advantage[0].Should()
            .BeApproximately((joined.Rewards[0] - mean) / (deviation + 1e-6), 1e-12, "those that were there are compared with what joined them");
    }

    [Test]
    public async Task Joining_IsShapedAsTheOthersAre()
    {
        using BigramPolicy policy = TinyRun.Policy();
        Trajectory tooLong = new(policy.Encode("bbbbbbbbbbbb"), new float[12], "bbbbbbbbbbbb", FinishReason.Length);
        Fixed extractor = new(new ExtractionResult { Joining = [new JoiningTrajectory(0, tooLong, Verdict.Correct)] });

        StepReport step = (await RunAsync(extractor, TinyRun.Options(steps: 1), policy: policy, shaper: new OverlongPenalty())).Single();

        step.Groups[0].Rewards[^1].Should().Be(0, "at the limit of 12 tokens the penalty is 1");
        step.Groups[0].Judgements[^1].Reward.Should().Be(1);
    }

    [Test]
    public async Task Joining_AGroupThatIsNotThere_IsRefused()
    {
        Fixed extractor = new(new ExtractionResult { Joining = [new JoiningTrajectory(4, Trajectories.Of("b"), Verdict.Correct)] });

        await FluentActions.Awaiting(() => RunAsync(extractor, TinyRun.Options(steps: 1))).Should().ThrowAsync<InvalidOperationException>()
            .WithMessage("The extractor * lets a trajectory join group 4, but was given 4 groups*");
    }

    [TestCase(0)]
    [TestCase(2)]
    public async Task Rehearsals_AreLearnedByTheirWeights_AlsoInMiniBatches(int miniBatchPrompts)
    {
        using BigramPolicy policy = TinyRun.Policy();
        TrainerOptions options = TinyRun.Options(steps: 1);
        options.MiniBatchPrompts = miniBatchPrompts;
        options.Optimizer.LearningRate = 0;
        Rehearsal[] rehearsals =
        [
            new(new TokenSequence(policy.Encode("x"), policy.Encode("abc!"))), new(new TokenSequence(policy.Encode("ab"), policy.Encode("d!")), 3),
            new(new TokenSequence(policy.Encode("r"), policy.Encode("cdcdc")), 0.5),
        ];
        SlowBigram slow = SlowBigram.Of(policy.Snapshot());
        double[] nll = [.. rehearsals.Select(r => slow.Nll(r.Sequence.Context, r.Sequence.Response))];

        StepReport step = (await RunAsync(new Fixed(new ExtractionResult { Rehearsals = rehearsals }), options,
            new RehearsalObjective(new ClippedSurrogateObjective(), TermScaling.Fixed(0.25)), policy)).Single();

        // Three rehearsals over two mini-batches: one in the first, two in the second.
        double expected = miniBatchPrompts == 0 ? (nll[0] + (3 * nll[1]) + (0.5 * nll[2])) / 4.5 : (nll[0] + (((3 * nll[1]) + (0.5 * nll[2])) / 3.5)) / 2;
        step.Metrics[MetricNames.RehearsalNll].Should().BeApproximately(expected, 1e-6);
        step.Metrics[MetricNames.RehearsalTokens].Should().Be(4 + 2 + 5);
        step.Terms.Single(t => t.Name == RehearsalObjective.TermName).Should().BeEquivalentTo(new { Factor = 0.25 });
        step.Metrics[MetricNames.Loss].Should().BeApproximately(step.Terms[0].Loss + (0.25 * expected), 1e-6);
    }

    private static async Task<IReadOnlyList<StepReport>> RunAsync(
        IExperienceExtractor extractor, TrainerOptions options, IObjective? objective = null, BigramPolicy? policy = null, IRewardShaper? shaper = null,
        CancellationToken cancellationToken = default)
    {
        using BigramPolicy? own = policy is null ? TinyRun.Policy() : null;
        Algorithm algorithm = Algorithm.Grpo() with
        {
            Objective = objective ?? new RehearsalObjective(new ClippedSurrogateObjective()),
            Experiences = (_, _, _) => new DelegatingExperienceExtractor(extractor),
            Shaper = shaper,
        };
        RecordingProgress progress = new();
        await new Trainer(policy ?? own!, TinyRun.Judge, algorithm, options).RunAsync(TinyRun.Questions(), progress, cancellationToken);
        return progress.Reports;
    }

    private sealed class Fixed(ExtractionResult result) : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default) => Task.FromResult(result);
    }

    /// <summary>Remembers every step it was asked in.</summary>
    private sealed class Remembering(Action<int>? then = null) : IExperienceExtractor, IRunState
    {
        public List<int> Steps { get; } = [];

        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
        {
            Steps.Add(request.Step);
            then?.Invoke(request.Step);
            return Task.FromResult(ExtractionResult.Empty);
        }

        public ReadOnlyMemory<byte> SaveState() => Steps.Select(s => (byte)s).ToArray();

        public void LoadState(ReadOnlyMemory<byte> state) => Steps.AddRange(state.ToArray().Select(b => (int)b));
    }
}
