using Mel.Evaluation;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class SignFlipTestTests
{
    [Test]
    public void Of_NineWinsAndOneLoss_IsMcNemarsExactTest_WhateverTheTies()
    {
        double[] differences = [.. Enumerable.Repeat(1.0, 9), -1, .. Enumerable.Repeat(0.0, 500)];

        SignFlipTest test = SignFlipTest.Of(differences);

        test.IsExact.Should().BeTrue("zeros have no sign");
        test.Greater.Should().Be(11 / 1024.0, "no loss in 1 way, one in 10");
        test.TwoSided.Should().Be(22 / 1024.0);
    }

    [Test]
    public void Of_TwoOfThree_ByHand()
    {
        // 3, 2, -1 sums to 4. Of the eight sums 6, 4, 2, 0, 0, -2, -4, -6, two are at least 4, and four at least as far from 0.
        SignFlipTest test = SignFlipTest.Of([3, 2, -1]);

        (test.Greater, test.TwoSided).Should().Be((0.25, 0.5));
    }

    [Test]
    public void Of_SumsThatDifferByRoundingOnly_AreEqual()
        => SignFlipTest.Of([0.1, 0.2, 0.3]).Greater.Should().Be(1 / 8.0, "only the found signs give 0.6");

    [Test]
    public void Of_NoDifference_IsOne()
    {
        SignFlipTest.Of([0, 0]).TwoSided.Should().Be(1);
        SignFlipTest.Of([]).TwoSided.Should().Be(1);
    }

    [Test]
    public void Of_ManyDifferences_DrawsWithASeed_NearTheBinomialTail()
    {
        // 40 wins and 24 losses: P(X >= 40) of a fair coin thrown 64 times, summed over exact terms.
        double[] differences = [.. Enumerable.Repeat(0.5, 40), .. Enumerable.Repeat(-0.5, 24)];
        double term = Math.Pow(0.5, 64), tail = 0;
        for (int i = 0; i <= 64; i++)
        {
            if (i >= 40) tail += term;
            term *= (64.0 - i) / (i + 1);
        }

        SignFlipTest test = SignFlipTest.Of(differences, seed: 1);

        test.IsExact.Should().BeFalse();
        test.Greater.Should().BeApproximately(tail, 0.002);
        test.TwoSided.Should().BeApproximately(2 * tail, 0.003);
        SignFlipTest.Of(differences, seed: 1).TwoSided.Should().Be(test.TwoSided);
        SignFlipTest.Of(differences, seed: 2).TwoSided.Should().NotBe(test.TwoSided);
    }

    [Test]
    public void Of_NothingDrawnIsAsFar_IsNotZero()
        => SignFlipTest.Of([.. Enumerable.Repeat(1.0, 100)], draws: 999).TwoSided.Should().Be(0.001);
}
