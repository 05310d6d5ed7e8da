using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;

namespace Mel.Core.Tests.Advantages;

[TestFixture, NoTensorLeaks]
public sealed class KlPenalizedAdvantageTests
{
    // k1 = log pi_old - log pi_ref: 0.5 and -1 nats.
    private static readonly Trajectory Drifted = new(new[] { 1, 2 }, new[] { -1f, -2f }, "", FinishReason.Stop) { ReferenceLogProbs = new[] { -1.5f, -1f } };

    [Test]
    public void Estimate_K1OfTheReference_ByHand()
    {
        Advantage penalized = Of(new KlPenalizedAdvantage(new Two(), 0.1), Drifted);

        penalized[1].Should().BeApproximately(2 + 0.1, 1e-12);
        penalized[0].Should().BeApproximately(2 + 0.1 - 0.05, 1e-12);
    }

    [Test]
    public void Estimate_PolicysOwnLogProbs_AreOld()
        => Of(new KlPenalizedAdvantage(new Two(), 0.1), Drifted with { PolicyLogProbs = new[] { -1.5f, -1f } })[0].Should().Be(2);

    [Test]
    public void Estimate_TokensOfATool_CarryNoPenalty()
    {
        Trajectory tool = new(new[] { 1, 2, 3 }, new[] { -1f, float.NaN, -2f }, "", FinishReason.Stop)
        {
            Mask = new[] { true, false, true }, ReferenceLogProbs = new[] { -1.5f, float.NaN, -1f },
        };

        Advantage penalized = Of(new KlPenalizedAdvantage(new Two(), 0.1), tool);

        penalized[2].Should().BeApproximately(2 + 0.1, 1e-12);
        penalized[0].Should().BeApproximately(2 + 0.1 - 0.05, 1e-12);
    }

    [Test]
    public void Estimate_DivergenceOfOnesOwn_IsTakenInstead()
    {
        KlPenalizedAdvantage estimator = new(new Two(), 0.5, (group, i) => new double[] { 1, group.Trajectories[i].TokenIds.Length });

        Of(estimator, Drifted)[0].Should().Be(2 - 0.5 - 1);
        estimator.Needs.Should().Be(RolloutNeeds.None);
    }

    [Test]
    public void Estimate_CoefficientZero_IsTheInnerEstimate()
    {
        KlPenalizedAdvantage estimator = new(new Two(), 0);

        Of(estimator, Drifted).Should().Be(Advantage.OfTrajectory(2));
        estimator.Needs.Should().Be(RolloutNeeds.None);
    }

    [Test]
    public void Estimate_WithoutReference_SaysWhatIsMissing()
        => FluentActions.Invoking(() => Of(new KlPenalizedAdvantage(new Two(), 0.1), Drifted with { ReferenceLogProbs = default }))
            .Should().Throw<InvalidOperationException>().WithMessage("*0 reference log-probabilities*Give the trainer a reference policy.");

    [Test]
    public void Estimate_InnerThatGivesOnePerToken_IsRefused()
    {
        // Whitened returns of two discounted tokens are per token.
        BatchNormalizedAdvantage inner = new(new() { Discount = 0.5 });

        FluentActions.Invoking(() => Of(new KlPenalizedAdvantage(inner, 0.1), Drifted)).Should().Throw<InvalidOperationException>()
            .WithMessage("BatchNormalizedAdvantage gives advantages per token*");
    }

    [TestCase(-0.1), TestCase(double.NaN)]
    public void Coefficient_OutOfRange_IsRefused(double coefficient)
        => FluentActions.Invoking(() => new KlPenalizedAdvantage(new Two(), coefficient)).Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public async Task Run_WithKlInReward_TrainsOnPenalizedReturns()
    {
        const double beta = 0.1;
        using BigramPolicy reference = TinyRun.Policy(seed: 2);
        BatchSpy spy = new(new ClippedSurrogateObjective());
        Algorithm algorithm = Algorithm.Grpo().WithKlInReward(beta) with { Objective = spy };

        StepReport step = (await TinyRun.RunAsync(TinyRun.Options(steps: 1), algorithm, withExperiences: false, parts: new() { Reference = reference }))
            .Steps[0];

        algorithm.Name.Should().Be("grpo+kl");
        TrainingSample[] samples = [.. spy.Batches.Single().Samples];
        Advantage[] plain = [.. new GroupRelativeAdvantage().Estimate(step.Groups).SelectMany(a => a)];
        samples.Should().HaveCount(plain.Length);
        for (int i = 0; i < samples.Length; i++)
        {
            double returned = plain[i][0];
            for (int t = samples[i].Trajectory.TokenIds.Length - 1; t >= 0; t--)
            {
                returned -= beta * ((double)samples[i].Trajectory.LogProbs.Span[t] - samples[i].Trajectory.ReferenceLogProbs.Span[t]);
                samples[i].Advantage[t].Should().BeApproximately(returned, 1e-12);
            }
        }
    }

    private static Advantage Of(IAdvantageEstimator estimator, Trajectory trajectory)
        => estimator.Estimate([new RolloutGroup(new Prompt("q", "q", "?"), new[] { 1 }, [trajectory], [Verdict.Correct])])[0][0];

    /// <summary>An advantage of 2 for every trajectory.</summary>
    private sealed class Two : IAdvantageEstimator
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        {
            IReadOnlyList<IReadOnlyList<Advantage>> two = [.. rollouts.Groups.Select(g => g.Trajectories.Select(_ => Advantage.OfTrajectory(2)).ToArray())];
            return ValueTask.FromResult(two);
        }
    }
}
