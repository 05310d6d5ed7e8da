using Mel.Algorithms;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>What the importance ratio is divided by.</summary>
[TestFixture, NoTensorLeaks]
public sealed class OldLogProbsTests
{
    [TestCase(1.0, false)]
    [TestCase(0.8, true)]
    public async Task Step_TruncatedSampling_RatiosStillStartAtOne(double topP, bool recomputed)
    {
        TrainerOptions options = Options(steps: 1);
        options.Sampling.TopP = topP;
        LogRatios ratios = new(new ClippedSurrogateObjective());

        StepReport step = (await RunAsync(options, Algorithm.Grpo() with { Objective = ratios }, withExperiences: false)).Steps[0];

        ratios.Largest.Should().BeLessThan(1e-5, "on-policy the ratio is 1").And.BeGreaterThanOrEqualTo(0);
        step.Groups.SelectMany(g => g.Trajectories).Should().OnlyContain(t => t.PolicyLogProbs.IsEmpty == !recomputed);
        step.Metrics["sampling/sampling_logp_difference/max"].Should().BeLessThan(1e-5);
        double apart = step.Groups.SelectMany(g => g.Trajectories)
            .Max(t => t.OldLogProbs.ToArray().Zip(t.LogProbs.ToArray(), (old, recorded) => Math.Abs(old - recorded)).Max());
        if (recomputed) apart.Should().BeGreaterThan(0.05f, "what was recorded is the truncated distribution's");
        else apart.Should().Be(0);
    }

    [Test]
    public async Task Step_OtherSampler_LogProbsAreThePolicysOwn()
    {
        using BigramPolicy policy = Policy(), engine = Policy(seed: 2);
        LogRatios ratios = new(new ClippedSurrogateObjective());

        await RunAsync(Options(steps: 1), Algorithm.Grpo() with { Objective = ratios }, policy, withExperiences: false, parts: new() { Sampler = engine });

        ratios.Largest.Should().BeInRange(0, 1e-5);
    }

    [Test]
    public async Task Step_OtherSamplerRecorded_RatiosAreThoseOfTheSampler()
    {
        using BigramPolicy policy = Policy(), engine = Policy(seed: 2);
        LogRatios ratios = new(new ClippedSurrogateObjective());
        TrainerOptions options = Options(steps: 1);
        options.OldLogProbs = OldLogProbs.Recorded;

        await RunAsync(options, Algorithm.Grpo() with { Objective = ratios }, policy, withExperiences: false, parts: new() { Sampler = engine });

        ratios.Largest.Should().BeGreaterThan(0.05);
    }

    [Test]
    public async Task Step_LogProbsThatATrajectoryBringsAlong_AreKept()
    {
        using BigramPolicy policy = Policy();
        LogRatios ratios = new(new ClippedSurrogateObjective());
        TrainerOptions options = Options(steps: 1);
        options.OldLogProbs = OldLogProbs.Recomputed;

        await RunAsync(options, Algorithm.Grpo() with { Objective = ratios }, policy, withExperiences: false,
            parts: new() { Sampler = new BringsItsOwn(policy) });

        ratios.Largest.Should().BeApproximately(0.5, 1e-5);
    }

    /// <summary>The largest |log pi - log pi_old| among tokens that train.</summary>
    private sealed class LogRatios(IObjective inner) : DelegatingObjective(inner)
    {
        public double Largest { get; private set; } = -1;

        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [.. base.Terms(batch).Select(t => new Spied(t, this))];

        private sealed class Spied(ILossTerm inner, LogRatios owner) : ILossTerm
        {
            public string Name => inner.Name;

            public IReadOnlyList<ScoringRow> Rows => inner.Rows;

            public TermValue Evaluate(ScoredRows scored)
            {
                TermValue value = inner.Evaluate(scored);
                using var scope = NewDisposeScope();
                PolicyTensors behind = value.Tensors!;
                owner.Largest = Math.Max(owner.Largest, ((behind.LogProbs.detach() - behind.OldLogProbs).abs() * behind.Mask).max().item<float>());
                return value;
            }
        }
    }

    /// <summary>Records of every token half a nat less than the policy says.</summary>
    private sealed class BringsItsOwn(ISampler inner) : DelegatingSampler(inner)
    {
        public override async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options,
            CancellationToken cancellationToken = default)
            => [.. (await base.SampleAsync(requests, options, cancellationToken))
                .Select(group => group.Select(t => t with { PolicyLogProbs = t.LogProbs.ToArray().Select(l => l - 0.5f).ToArray() }).ToArray())];
    }
}
