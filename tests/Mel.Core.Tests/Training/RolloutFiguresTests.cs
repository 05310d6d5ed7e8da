using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>What is said of the trajectories of a step: of all that was sampled, of what a filter kept, and nothing of what was not judged.</summary>
[TestFixture, NoTensorLeaks]
public sealed class RolloutFiguresTests
{
    [Test]
    public void AddTo_TwoGroups_FiguresWorkedByHand()
    {
        // Rewards 1 0 0 (one of four not judged) and 1 1 1 1, lengths 2 3 4 5 and four times 2 (a text and its stop token).
        RolloutGroup first = Group(["a", "aa", "aaa", "aaaa"], Verdict.Correct, Verdict.Incorrect, Verdict.Incorrect, Verdict.Unverifiable);
        RolloutGroup second = Group(["a", "a", "a", "a"], Verdict.Correct, Verdict.Correct, Verdict.Correct, Verdict.Correct);

        Dictionary<string, double> figures = Of(first, second);

        figures["reward"].Should().Be(5 / 7.0);
        figures["accuracy"].Should().Be(5 / 7.0);
        figures["frac_unverifiable"].Should().Be(1 / 8.0);
        figures["frac_reward_zero_std"].Should().Be(0.5);
        figures["reward_std"].Should().BeApproximately(Math.Sqrt(((5 * (2 / 7.0) * (2 / 7.0)) + (2 * (5 / 7.0) * (5 / 7.0))) / 6), 1e-12, "over the batch, as TRL");
        figures["group_reward_std"].Should().BeApproximately(Math.Sqrt(((4 / 9.0) + (2 * 1 / 9.0)) / 2) / 2, 1e-12, "the second group has none");
        figures["completions/mean_length"].Should().Be((2 + 3 + 4 + 5 + 8) / 8.0);
    }

    [Test]
    public void AddTo_ShapedRewards_AccuracyIsThatOfTheVerdicts()
    {
        RolloutGroup group = Group(["a", "b"], Verdict.Correct, Verdict.Incorrect) with { Rewards = [0.25, -0.5] };

        Dictionary<string, double> figures = Of(group);

        (figures["reward"], figures["accuracy"]).Should().Be((-0.125, 0.5));
    }

    [Test]
    public void AddTo_NothingJudged_HasNoFigureOfRewards()
        => Of(Group(["a", "b"], Verdict.Unverifiable, Verdict.Unverifiable)).Keys.Should().BeEquivalentTo(
            "frac_unverifiable", "completions/mean_length", "completions/min_length", "completions/max_length", "completions/clipped_ratio");

    [Test]
    public void AddTo_NoTrajectory_HasNoFigure() => Of().Should().BeEmpty();

    [Test]
    public void AddTo_OneJudged_HasNoSpread()
    {
        Dictionary<string, double> figures = Of(Group(["a", "b"], Verdict.Correct, Verdict.Unverifiable));

        figures["reward"].Should().Be(1);
        figures.Keys.Should().NotContain(["reward_std", "group_reward_std"]);
    }

    [Test]
    public void AddTo_OutputOfATool_HasNoSayInLengths()
    {
        Trajectory trajectory = Trajectories.Of("abcdef") with { Mask = new[] { true, true, false, false, false, true, true } };
        RolloutGroup group = new(new Prompt("q", "q", "?"), new[] { 1 }, [trajectory], [Verdict.Correct]);

        Of(group)["completions/mean_length"].Should().Be(4);
    }

    [Test]
    public async Task Step_EverythingSolvedUnderAFilter_HasRewardOneAndNothingKept()
    {
        IVerifier yes = Verifier.From((_, _) => true, requireTermination: false);
        TrainerOptions options = Options(steps: 1);
        options.MaxRefills = 2;

        StepReport step = (await RunAsync(options, Algorithm.Dapo(), withExperiences: false, verifier: yes)).Steps[0];

        (step.Reward, step.Accuracy, step.Metrics["frac_reward_zero_std"]).Should().Be((1, 1, 1));
        step.Groups.Should().BeEmpty();
        step.EvictedGroups.Should().HaveCount(3 * 4).And.HaveCount((int)step.Metrics["training/filter_groups/evicted"]);
        step.Metrics.Keys.Should().NotContain(k => k.StartsWith("kept/", StringComparison.Ordinal));
        step.Metrics.Keys.Should().NotContain(["clip_ratio/low_mean", "training/scored_token_ratio", "entropy/scored", "kl"]);
    }

    [Test]
    public async Task Step_Filter_TellsWhatWasSampledFromWhatWasKept()
    {
        StepReport step = (await RunAsync(Options(steps: 1), Algorithm.Dapo(), withExperiences: false)).Steps[0];

        RolloutGroup[] all = [.. step.Groups, .. step.EvictedGroups];
        step.Groups.Should().NotBeEmpty();
        step.EvictedGroups.Should().NotBeEmpty();
        step.Metrics["reward"].Should().BeApproximately(all.SelectMany(g => g.Rewards).Average(), 1e-12);
        step.Metrics["kept/reward"].Should().BeApproximately(step.Groups.SelectMany(g => g.Rewards).Average(), 1e-12);
        step.Metrics["kept/accuracy"].Should().Be(step.Metrics["kept/reward"]);
        step.Metrics["kept/frac_reward_zero_std"].Should().Be(0, "the filter keeps no such group");
        step.Metrics["frac_reward_zero_std"].Should().Be((double)step.EvictedGroups.Count / all.Length);
        step.Metrics["completions/mean_length"].Should().BeApproximately(all.SelectMany(g => g.Trajectories).Average(t => t.TokenIds.Length), 1e-12);
        step.Metrics["kept/completions/mean_length"].Should().BeApproximately(step.Groups.SelectMany(g => g.Trajectories).Average(t => t.TokenIds.Length), 1e-12);
    }

    [Test]
    public async Task Step_NothingJudged_HasNoRewardAndGoesOn()
    {
        StepReport step = (await RunAsync(Options(steps: 2), withExperiences: false, verifier: Verifier.From((_, _) => Verdict.Unverifiable))).Steps[1];

        (step.Reward, step.Accuracy).Should().Be((double.NaN, double.NaN));
        step.Metrics.Keys.Should().NotContain(["reward", "accuracy", "reward_std", "frac_reward_zero_std"]);
        step.Metrics["frac_unverifiable"].Should().Be(1);
    }

    [Test]
    public async Task Step_AttemptsThatJoin_AreNotAmongWhatWasSampled()
    {
        Trajectory repair = new(new[] { 1, 6 }, new[] { -1f, -1f }, "b", FinishReason.Stop);
        Algorithm algorithm = Algorithm.Grpo() with
        {
            Objective = new RehearsalObjective(new ClippedSurrogateObjective()),
            Experiences = (_, _, _) => new Joins(Enumerable.Repeat(new JoiningTrajectory(0, repair, Verdict.Correct), 32)),
        };

        StepReport with = (await RunAsync(Options(steps: 1), algorithm, withExperiences: false)).Steps[0];
        StepReport without = (await RunAsync(Options(steps: 1), Algorithm.Grpo(), withExperiences: false)).Steps[0];

        with.Groups[0].Trajectories.Should().HaveCount(8 + 32);
        foreach (string name in (string[])[MetricNames.Reward, MetricNames.Accuracy, MetricNames.RewardStd, MetricNames.MeanLength])
            with.Metrics[name].Should().Be(without.Metrics[name], name);
    }

    private static Dictionary<string, double> Of(params RolloutGroup[] groups)
    {
        Dictionary<string, double> figures = [];
        new RolloutFigures(groups).AddTo(figures);
        return figures;
    }

    private static RolloutGroup Group(string[] texts, params Verdict[] verdicts)
        => new(new Prompt("q", "q", "?"), new[] { 1 }, [.. texts.Select(t => Trajectories.Of(t))], [.. verdicts.Select(Judgement.FromVerdict)]);

    private sealed class Joins(IEnumerable<JoiningTrajectory> joining) : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
            => Task.FromResult(new ExtractionResult { Joining = [.. joining] });
    }
}
