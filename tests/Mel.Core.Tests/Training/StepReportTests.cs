using System.Diagnostics.Metrics;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class StepReportTests
{
    private static readonly string[] Always =
    [
        "reward", "accuracy", "reward_std", "group_reward_std", "frac_reward_zero_std", "frac_unverifiable",
        "completions/mean_length", "completions/min_length", "completions/max_length", "completions/clipped_ratio",
        "loss", "grad_norm", "grad_norm/policy", "learning_rate",
        "mel/pairs", "mel/candidates", "mel/retained", "mel/queries_with_experience", "mel/skipped_too_long", "mel/tokens", "mel/dropped/replay_failed",
        "training/filter_groups/evicted", "num_sampled_tokens", "step_time", "perf/throughput",
        "timing_s/gen", "timing_s/reward", "timing_s/extraction", "timing_s/replay", "timing_s/update_actor",
    ];

    private static readonly string[] WhereTokensTrain = ["clip_ratio/low_mean", "clip_ratio/high_mean", "training/scored_token_ratio"];

    private static readonly string[] WhereExperiencesAre = ["mel/well_formed_ratio", "mel/retention", "mel/nll"];

    [TestCase("grpo", "some")]
    [TestCase("grpo", "none")]
    [TestCase("rft", "none")]
    [TestCase("grpo", "filtered")]
    public async Task Metrics_EveryStep_HoldTheSameNames(string name, string signal)
    {
        IVerifier judge = signal == "none" ? Verifier.From((_, _) => Verdict.Incorrect) : Judge;
        Algorithm algorithm = Algorithm.Named(name).WithMetaExperience() with { Filter = signal == "filtered" ? new MeanRewardRange(2, 3) : null };

        TrainerOptions options = Options(steps: 3);
        options.ReportTermGradients = true;

        Outcome run = await RunAsync(options, algorithm, verifier: judge);

        foreach (StepReport step in run.Steps)
        {
            step.Metrics.Keys.Should().Contain(Always);
            // A selection of correct trajectories trains none of what is wrong.
            bool tokens = signal == "some" || (signal == "none" && name == "grpo");
            step.Metrics.Keys.Intersect(WhereTokensTrain).Should().HaveCount(tokens ? WhereTokensTrain.Length : 0);
            step.Metrics.Keys.Intersect(WhereExperiencesAre).Should().HaveCount(signal == "some" ? WhereExperiencesAre.Length : 0);
            step.Metrics.Values.Should().OnlyContain(v => double.IsFinite(v), "what does not exist is absent");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Metrics_GradientNormOfATerm_IsThereOnRequest(bool requested)
    {
        TrainerOptions options = Options(steps: 1);
        options.ReportTermGradients = requested;

        StepReport step = (await RunAsync(options)).Steps[0];

        step.Terms.Select(t => t.Name).Should().Equal("policy", "meta_experience");
        step.Terms.Should().OnlyContain(t => double.IsNaN(t.GradientNorm) == !requested);
        foreach (TermReport term in step.Terms) step.Metrics.ContainsKey($"grad_norm/{term.Name}").Should().Be(requested);
    }

    [Test]
    public async Task Metrics_WithoutMetaExperiences_HaveNoneOfTheirNames()
        => (await RunAsync(Options(steps: 1), withExperiences: false)).Steps[0].Metrics.Keys.Should().NotContain(k => k.StartsWith("mel/", StringComparison.Ordinal));

    [Test]
    public async Task Metrics_OfAStep_FollowFromItsGroupsAndExperiences()
    {
        StepReport step = (await RunAsync(Options(steps: 1))).Steps[0];

        Trajectory[] all = [.. step.Groups.SelectMany(g => g.Trajectories)];
        ExtractionResult experiences = step.Experiences;
        step.Metrics["completions/mean_length"].Should().BeApproximately(all.Average(t => (double)t.TokenIds.Length), 1e-12);
        step.Metrics["completions/clipped_ratio"].Should().Be(all.Count(t => t.FinishReason == FinishReason.Length) / 32.0);
        step.Metrics["frac_reward_zero_std"].Should().Be(step.Groups.Count(g => g.Rewards.Distinct().Count() == 1) / 4.0);
        step.Metrics["mel/pairs"].Should().Be(experiences.Pairs);
        step.Metrics["mel/candidates"].Should().Be(experiences.Candidates);
        step.Metrics["mel/well_formed_ratio"].Should().Be((double)experiences.WellFormed / experiences.Candidates);
        step.Metrics["mel/retained"].Should().Be(experiences.Retained.Count).And.BePositive();
        step.Metrics["mel/retention"].Should().Be((double)experiences.Retained.Count / experiences.WellFormed);
        step.Metrics["mel/tokens"].Should().Be(experiences.Retained.Sum(e => e.Written.TokenIds.Length));
        step.Metrics["num_sampled_tokens"].Should().Be(all.Sum(t => t.TokenIds.Length) + experiences.ExtractionTokens + experiences.ReplayTokens);
        step.SampledTokens.Should().Be((long)step.Metrics["num_sampled_tokens"]);
    }

    [Test]
    public async Task Tokens_OfExperiences_AddUpOverTheUpdatesOfAStep()
    {
        TrainerOptions options = Options(steps: 1);
        (options.MiniBatchPrompts, options.Epochs) = (1, 2);

        StepReport step = (await RunAsync(options)).Steps[0];

        step.Metrics["mel/tokens"].Should().Be(2 * step.Experiences.Retained.Sum(e => e.Written.TokenIds.Length)).And.BePositive();
    }

    [Test]
    public async Task Entropy_IsTheMeanOverTheScoredTokensOnly()
    {
        // A uniform policy has the entropy ln V on every token, whatever share of the groups carries a signal.
        using BigramPolicy policy = Policy();
        using (TorchSharp.torch.no_grad()) policy.Parameters["logits"].zero_().Dispose();
        TrainerOptions options = Options(steps: 1);
        (options.GroupSize, options.PromptsPerStep, options.MiniBatchPrompts) = (3, 12, 2);

        StepReport step = (await RunAsync(options, policy: policy, withExperiences: false)).Steps[0];

        step.Metrics["frac_reward_zero_std"].Should().BeInRange(0.1, 0.9);
        step.Metrics["training/scored_token_ratio"].Should().BeInRange(0.1, 0.9);
        step.Metrics["entropy/scored"].Should().BeApproximately(Math.Log(7), 0.02);
    }

    [Test]
    public async Task Meter_RecordsEveryStep()
    {
        Dictionary<string, List<double>> seen = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Mel") self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}", value));
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument.Name, value));
        listener.Start();

        Outcome run = await RunAsync(Options(steps: 2));

        seen["mel.reward.mean"].Should().Equal(run.Steps.Select(s => s.Reward));
        seen["mel.rollout.tokens"].Should().Equal(run.Steps.Select(s => (double)s.SampledTokens));
        seen["mel.experience.accepted"].Should().Equal(run.Steps.Select(s => (double)s.Experiences.Retained.Count));
        seen["mel.group.no_signal_ratio"].Should().Equal(run.Steps.Select(s => s.Metrics["frac_reward_zero_std"]));
        seen["mel.step.duration"].Should().Equal(run.Steps.Select(s => s.Metrics["step_time"]));
        Phase("rollout").Should().Equal(run.Steps.Select(s => s.Metrics["timing_s/gen"]));
        Phase("verification").Should().Equal(run.Steps.Select(s => s.Metrics["timing_s/reward"]));
        Phase("extraction").Should().Equal(run.Steps.Select(s => s.Metrics["timing_s/extraction"]));
        Phase("replay").Should().Equal(run.Steps.Select(s => s.Metrics["timing_s/replay"]));
        Phase("update").Should().Equal(run.Steps.Select(s => s.Metrics["timing_s/update_actor"]));

        List<double> Phase(string name) => seen[$"mel.phase.duration mel.phase.name={name}"];

        void Add(string name, double value) => (seen.TryGetValue(name, out List<double>? values) ? values : seen[name] = []).Add(value);
    }
}
