using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Losses;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>The figures of an update: the sampler's difference before the policy moves, and the divergence wherever there is a reference.</summary>
[TestFixture, NoTensorLeaks]
public sealed class UpdateFiguresTests
{
    [TestCase(1, 0)]
    [TestCase(2, 0)]
    [TestCase(2, 1)]
    [TestCase(1, 2)]
    public async Task SamplingDifference_SamplerIsThePolicy_IsRoundingWhateverTheUpdates(int epochs, int miniBatchPrompts)
    {
        TrainerOptions options = Options(steps: 3);
        (options.Epochs, options.MiniBatchPrompts) = (epochs, miniBatchPrompts);

        Outcome run = await RunAsync(options, Algorithm.Grpo(), withExperiences: false);

        run.Parameters.Should().NotEqual((await RunAsync(Options(steps: 1), Algorithm.Grpo(), withExperiences: false)).Parameters);
        foreach (StepReport step in run.Steps)
        {
            step.HasSignal.Should().BeTrue();
            step.Metrics[MetricNames.SamplingDifferenceMax].Should().BeInRange(0, 1e-5);
            step.Metrics[MetricNames.SamplingDifferenceMean].Should().BeInRange(0, 1e-5);
        }
    }

    [Test]
    public async Task SamplingDifference_OtherWeightsSample_IsMeasuredOnTheFirstMiniBatch()
    {
        using BigramPolicy policy = Policy(), engine = Policy(seed: 2), before = Policy();
        TrainerOptions options = Options(steps: 1);
        options.Epochs = 3;

        StepReport step = (await RunAsync(options, Algorithm.Grpo(o => o.EntropyCoefficient = 1e-9), policy, withExperiences: false, parts: new() { Sampler = engine })).Steps[0];

        double[] differences = [.. step.Groups.SelectMany(g => g.Trajectories).SelectMany(t => Differences(t))];
        step.Metrics[MetricNames.SamplingDifferenceMean].Should().BeApproximately(differences.Average(), 1e-6);
        step.Metrics[MetricNames.SamplingDifferenceMax].Should().BeApproximately(differences.Max(), 1e-6);

        static IEnumerable<double> Differences(Trajectory t) => t.PolicyLogProbs.ToArray().Zip(t.LogProbs.ToArray(), (p, s) => Math.Abs((double)p - s));
    }

    [TestCase("no divergence anywhere")]
    [TestCase("in the reward")]
    [TestCase("in the returns")]
    public async Task Kl_ReferenceWithoutADivergenceInTheLoss_IsK3BeforeTheUpdate(string use)
    {
        using BigramPolicy reference = Policy(seed: 2);
        Algorithm algorithm = use switch
        {
            "in the reward" => Algorithm.Grpo().WithKlInReward(0.1),
            "in the returns" => Algorithm.ReinforcePlusPlus(advantages: o => o.KlCoefficient = 0.1),
            _ => Algorithm.Grpo(),
        };

        StepReport step = (await RunAsync(Options(steps: 1), algorithm, withExperiences: false, parts: new() { Reference = reference })).Steps[0];

        double[] k3 = [.. step.Groups.SelectMany(g => g.Trajectories).SelectMany(t => t.ReferenceLogProbs.ToArray().Zip(t.LogProbs.ToArray(), (r, p) => Math.Exp((double)r - p) - ((double)r - p) - 1))];
        step.Metrics[MetricNames.Kl].Should().BeApproximately(k3.Average(), 1e-12).And.BePositive();
    }

    [Test]
    public async Task Kl_InTheLoss_IsThatOfItsEstimator()
    {
        using BigramPolicy reference = Policy(seed: 2);

        StepReport step = (await RunAsync(
            Options(steps: 1), Algorithm.Grpo(o => (o.KlCoefficient, o.KlEstimator) = (0.1, KlEstimator.K2)), withExperiences: false, parts: new() { Reference = reference })).Steps[0];

        double[] k2 = [.. step.Groups.SelectMany(g => g.Trajectories).SelectMany(t => t.ReferenceLogProbs.ToArray().Zip(t.LogProbs.ToArray(), (r, p) => ((double)r - p) * ((double)r - p) / 2))];
        step.Metrics[MetricNames.Kl].Should().BeApproximately(k2.Average(), 1e-6);
    }

    [Test]
    public async Task Kl_WithoutAReference_IsAbsent()
        => (await RunAsync(Options(steps: 1), Algorithm.Grpo(), withExperiences: false)).Steps[0].Metrics.Keys.Should().NotContain(MetricNames.Kl);
}
