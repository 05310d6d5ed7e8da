using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>What a step hands from stage to stage: filtered, shaped and scored groups, and the batches they become.</summary>
[TestFixture, NoTensorLeaks]
public sealed class TrainerBatchTests
{
    [Test]
    public async Task Step_FilterRejects_GroupsAreReplacedByFreshPrompts()
    {
        RejectFirst filter = new(3);
        RecordingLogger<Trainer> logger = new();

        Outcome run = await RunAsync(Options(steps: 1), Algorithm.Grpo() with { Filter = filter }, withExperiences: false, parts: new() { Logger = logger });

        run.Steps[0].Groups.Should().HaveCount(4);
        run.Steps[0].Metrics[MetricNames.FilteredGroups].Should().Be(3);
        filter.Seen.Should().HaveCount(7);
        run.Steps[0].Groups.Select(g => g.Prompt.Id).Should().Equal(filter.Seen.Skip(3));
        run.Steps[0].SampledTokens.Should().Be((long)run.Steps[0].Metrics[MetricNames.Tokens])
            .And.BeGreaterThan(run.Steps[0].Groups.Sum(g => g.Trajectories.Sum(t => t.TokenIds.Length)), "what was rejected was sampled too");
        logger.Events.Should().NotContain(e => e.Id == 1102);
    }

    [Test]
    public async Task Step_FilterRejectsAll_GoesOnWithNothingAndSaysSo()
    {
        TrainerOptions options = Options(steps: 2);
        options.MaxRefills = 2;
        RejectFirst filter = new(int.MaxValue);
        RecordingLogger<Trainer> logger = new();

        Outcome run = await RunAsync(options, Algorithm.Grpo().WithMetaExperience() with { Filter = filter }, parts: new() { Logger = logger });

        run.Steps.Should().OnlyContain(s => !s.HasSignal && s.Groups.Count == 0);
        filter.Seen.Should().HaveCount(2 * 3 * 4);
        logger.Events.Should().Contain(
            e => e.Id == 1102 && e.Message == "Step 1: after 2 refills only 0 of 4 groups passed the filter; the step goes on with those");
        logger.Events.Count(e => e.Id == 1201).Should().Be(2);
        run.Steps[0].Metrics[MetricNames.LearningRate].Should().Be(0.1);
    }

    [Test]
    public async Task Step_UnverifiableTrajectories_LeaveTheStatistics()
    {
        // Every trajectory that begins with x cannot be judged.
        IVerifier verifier = Verifier.From((prompt, t) => t.Text.StartsWith('x') ? Verdict.Unverifiable
            : t.Text.StartsWith(prompt.Answer, StringComparison.Ordinal) ? Verdict.Correct : Verdict.Incorrect);
        BatchSpy spy = new(new ClippedSurrogateObjective());
        RecordingLogger<Trainer> logger = new();

        Outcome run = await RunAsync(Options(steps: 1), Algorithm.Grpo() with { Objective = spy }, withExperiences: false, verifier: verifier,
            parts: new() { Logger = logger });

        Verdict[] verdicts = [.. run.Steps[0].Groups.SelectMany(g => g.Verdicts)];
        int unjudged = verdicts.Count(v => v == Verdict.Unverifiable), judged = verdicts.Length - unjudged;
        unjudged.Should().BePositive();
        IReadOnlyDictionary<string, double> metrics = run.Steps[0].Metrics;
        metrics[MetricNames.FractionUnverifiable].Should().Be((double)unjudged / verdicts.Length);
        metrics[MetricNames.Reward].Should().BeApproximately((double)verdicts.Count(v => v == Verdict.Correct) / judged, 1e-12);
        spy.Batches[0].Totals.Trajectories.Should().Be(judged);
        logger.Events.Should().ContainSingle(e => e.Id == 1101)
            .Which.Message.Should().StartWith($"Step 1: {unjudged} of {verdicts.Length} trajectories could not be judged");
    }

    [Test]
    public async Task Step_ShapedRewards_ReachTheAdvantages()
    {
        Outcome run = await RunAsync(Options(steps: 1), Algorithm.Grpo() with { Shaper = new MinusLength() }, withExperiences: false);

        run.Steps[0].Groups.Should()
            .OnlyContain(g => g.Rewards.Select((r, i) => r == (g.Verdicts[i] == Verdict.Correct ? 1 : 0) - g.Trajectories[i].TokenIds.Length).All(x => x));
        run.Steps[0].Reward.Should().BeNegative();
    }

    [Test]
    public async Task Step_MiniBatchesAndEpochs_UpdateAfterEach()
    {
        TrainerOptions options = Options(steps: 2);
        (options.MiniBatchPrompts, options.Epochs) = (3, 2);
        ClippedSurrogateObjective narrow = new(new() { ClipRangeLow = 1e-3, ClipRangeHigh = 1e-3 });
        BatchSpy spy = new(narrow);

        Outcome run = await RunAsync(options, Algorithm.Grpo() with { Objective = spy }, withExperiences: false);

        spy.Batches.Select(b => b.Totals.Prompts).Should().Equal(3, 1, 3, 1, 3, 1, 3, 1);
        spy.Batches.Take(2).SelectMany(b => b.Samples.Select(s => s.Trajectory)).Should().BeEquivalentTo(run.Steps[0].Groups.SelectMany(g => g.Trajectories));
        // Within the first update the trainer scores what the sampler recorded; after it the policy has moved, and ratios leave the narrow clip range.
        Clipped(run.Steps[0]).Should().BePositive();
        Clipped((await RunAsync(Options(steps: 1), Algorithm.Grpo() with { Objective = narrow }, withExperiences: false)).Steps[0]).Should().Be(0);

        static double Clipped(StepReport step) => step.Metrics[MetricNames.ClipRatioLow] + step.Metrics[MetricNames.ClipRatioHigh];
    }

    [Test]
    public async Task Step_MiniBatches_HoldTheExperiencesOfTheirQuestions()
    {
        TrainerOptions options = Options(steps: 1);
        options.MiniBatchPrompts = 2;
        BatchSpy spy = new(new MetaExperienceObjective(new ClippedSurrogateObjective()));

        Outcome run = await RunAsync(options, Algorithm.Grpo() with { Objective = spy });

        spy.Batches.Sum(b => b.Experiences.Count).Should().Be(run.Steps[0].Experiences.Retained.Count).And.BePositive();
        for (int i = 0; i < 2; i++)
        {
            IEnumerable<string> own = run.Steps[0].Groups.Skip(2 * i).Take(2).Select(g => g.Prompt.Id);
            spy.Batches.Where(b => b.Totals.Prompts == 2 && b.Samples.Count > 0 && b.Samples[0].Trajectory == run.Steps[0].Groups[2 * i].Trajectories[0])
                .Should().NotContain(b => b.Experiences.Any(e => !own.Contains(e.Experience.Pair.Group.Prompt.Id)));
        }
    }

    [Test]
    public async Task Step_WithReference_FillsItsLogProbsAndReportsTheDivergence()
    {
        using BigramPolicy policy = Policy(), reference = Policy(seed: 2);
        float[] frozen = reference.Snapshot();
        Algorithm algorithm = Algorithm.Grpo(o => o.KlCoefficient = 0.1);
        RecordingProgress progress = new();

        TrainerOptions options = Options(steps: 1);
        options.MicroBatchTokens = 40;
        await new Trainer(policy, Judge, algorithm, options, new() { Reference = reference }).RunAsync(Questions(), progress);

        double sum = 0;
        long tokens = 0;
        foreach (RolloutGroup group in progress.Reports[0].Groups)
        {
            foreach (Trajectory trajectory in group.Trajectories)
            {
                int previous = group.PromptTokenIds.Span[^1];
                for (int t = 0; t < trajectory.TokenIds.Length; t++)
                {
                    double expected = LogProb(frozen, previous, trajectory.TokenIds.Span[t]);
                    trajectory.ReferenceLogProbs.Span[t].Should().BeApproximately((float)expected, 1e-5f);
                    double d = expected - trajectory.LogProbs.Span[t];
                    (sum, tokens, previous) = (sum + (d * d / 2), tokens + 1, trajectory.TokenIds.Span[t]);
                }
            }
        }

        progress.Reports[0].Metrics[MetricNames.Kl].Should().BeApproximately(sum / tokens, 1e-6);      // k2, on-policy
        reference.Snapshot().Should().Equal(frozen);
    }

    [Test]
    public async Task Run_OtherSampler_IsAskedInsteadOfThePolicy()
    {
        using BigramPolicy policy = Policy(), engine = Policy();

        await new Trainer(policy, Judge, Algorithm.Grpo(), Options(steps: 1), new() { Sampler = engine }).RunAsync(Questions());

        (policy.Calls, engine.Calls).Should().Be((0, 1));
    }

    private static double LogProb(float[] logits, int previous, int next)
    {
        ReadOnlySpan<float> row = logits.AsSpan(previous * Alphabet.Length, Alphabet.Length);
        double sum = 0;
        foreach (float l in row) sum += Math.Exp(l);
        return row[next] - Math.Log(sum);
    }

    private sealed class RejectFirst(int count) : IGroupFilter
    {
        public List<string> Seen { get; } = [];

        public bool Keep(RolloutGroup group)
        {
            Seen.Add(group.Prompt.Id);
            return Seen.Count > count;
        }
    }

    private sealed class MinusLength : IRewardShaper
    {
        public RolloutGroup Shape(RolloutGroup group)
            => group with { Rewards = [.. group.Rewards.Select((r, i) => r - group.Trajectories[i].TokenIds.Length)] };
    }
}
