using Mel.Advantages;

namespace Mel.Core.Tests.Advantages;

[TestFixture]
public sealed class TokenReturnsTests
{
    private static readonly bool[] Hole = [true, false, true];

    [Test]
    public void Accumulate_DiscountsWhatFollows()
        => TokenReturns.Accumulate([1, 2, 3], [], 0.5).Should().Equal(1 + (0.5 * 3.5), 2 + (0.5 * 3), 3);

    [Test]
    public void Accumulate_TokenOfATool_IsSkipped()
        => TokenReturns.Accumulate([1, double.NaN, 3], Hole, 0.5).Should().Equal(1 + (0.5 * 3), 0, 3);

    [Test]
    public void Accumulate_DiscountUnmasked_TokenOfATool_CostsAFactorAndHoldsTheRunningReturn()
        => TokenReturns.Accumulate([1, double.NaN, 3], Hole, 0.5, discountUnmasked: true).Should().Equal(1 + (0.25 * 3), 0.5 * 3, 3);

    [Test]
    public void OutcomeReward_LiesOnTheLastTokenThatCounts()
    {
        TokenReturns.OutcomeReward(1, 3).Should().Equal(0, 0, 1);
        TokenReturns.OutcomeReward(1, 4, mask: [true, false, true, false]).Should().Equal(0, 0, 1, 0);
        TokenReturns.OutcomeReward(1, 2, mask: [false, false]).Should().Equal(0, 0);
    }

    [Test]
    public void OutcomeReward_Divergence_IsSubtractedAtEachToken()
        => TokenReturns.OutcomeReward(1, 3, [0.5, -1, 2], 0.1, [true, true, false]).Should().Equal(-0.05, 0.1 + 1, -0.2);

    [Test]
    public void LengthsThatDoNotMatch_AreRefused()
    {
        FluentActions.Invoking(() => TokenReturns.Accumulate([1, 2], Hole)).Should().Throw<ArgumentException>()
            .WithMessage("The mask has 3 positions for 2 rewards*");
        FluentActions.Invoking(() => TokenReturns.OutcomeReward(1, 2, [0.5])).Should().Throw<ArgumentException>()
            .WithMessage("There are 1 divergences for 2 tokens*");
    }
}
