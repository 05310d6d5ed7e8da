using Mel.Advantages;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Advantages;

/// <summary>REINFORCE++ on trajectories with tokens that are not the policy's own.</summary>
[TestFixture]
public sealed class BatchNormalizedMaskTests
{
    [Test]
    public void Whitening_CountsOnlyTokensThatTrain()
    {
        Advantage[] advantages = Estimate(new());

        // Returns 1 at the first and the third token of one, 0 at the two tokens of the other: mean 1/2, variance 1/3.
        double expected = 0.5 / Math.Sqrt((1 / 3.0) + 1e-8);
        advantages[0][0].Should().BeApproximately(expected, 1e-12);
        advantages[0][2].Should().BeApproximately(expected, 1e-12);
        advantages[1][0].Should().BeApproximately(-expected, 1e-12);
    }

    [Test]
    public void Discount_DoesNotCountTokensOfATool()
    {
        Advantage[] advantages = Estimate(new() { Discount = 0.5, Whitening = WhiteningConvention.MeanOnly });

        double mean = (0.5 + 1 + 0 + 0) / 4;
        (advantages[0][0], advantages[0][2], advantages[1][0]).Should().Be((0.5 - mean, 1 - mean, 0 - mean));
    }

    [Test]
    public void Penalty_WhatLiesUnderTheMask_NeverMatters()
    {
        BatchNormalizedAdvantageOptions options = new() { KlCoefficient = 0.1, Whitening = WhiteningConvention.MeanOnly };

        Advantage[] advantages = Estimate(options);

        // k1 is 0.5, (NaN), 0.25 on one, 0 on the other: returns 1 - 0.075, 1 - 0.025, 0, 0.
        double mean = (0.925 + 0.975) / 4;
        advantages[0][0].Should().BeApproximately(0.925 - mean, 1e-7);
        advantages[0][2].Should().BeApproximately(0.975 - mean, 1e-7);
        advantages[1][1].Should().BeApproximately(-mean, 1e-7);
        new BatchNormalizedAdvantage(options).Needs.Should().Be(RolloutNeeds.ReferenceLogProbs);
    }

    private static Advantage[] Estimate(BatchNormalizedAdvantageOptions options)
    {
        Trajectory withTool = new(new[] { 1, 2, 3 }, new[] { -1f, float.NaN, -1f }, "", FinishReason.Stop)
        {
            Mask = new[] { true, false, true }, ReferenceLogProbs = new[] { -1.5f, float.NaN, -1.25f },
        };
        Trajectory plain = new(new[] { 1, 2 }, new[] { -1f, -1f }, "", FinishReason.Stop) { ReferenceLogProbs = new[] { -1f, -1f } };
        RolloutGroup group = new(new Prompt("q", "q", "?"), new[] { 1 }, [withTool, plain], [Verdict.Correct, Verdict.Incorrect]);
        return [.. new BatchNormalizedAdvantage(options).Estimate([group])[0]];
    }
}
