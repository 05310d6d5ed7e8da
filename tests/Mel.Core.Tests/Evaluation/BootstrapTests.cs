using Mel.Evaluation;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class BootstrapTests
{
    private static readonly double[] Shares = [0, 0.125, 1, 0.5, 0.75, 0.25, 0, 1];

    [Test]
    public void Percentile_OneSeed_GivesOneInterval()
    {
        Bootstrap.Percentile(Shares, seed: 3).Should().Be(Bootstrap.Percentile(Shares, seed: 3));
        Bootstrap.Percentile(Shares, resamples: 500, seed: 3).Should().NotBe(Bootstrap.Percentile(Shares, resamples: 500, seed: 4));
    }

    [Test]
    public void Percentile_ThreeValues_HasTheQuantilesOfAll27Draws()
    {
        // Values 0, 0, 3: the mean is the number of threes drawn, binomial of 3 and 1/3: 0 in 8 of 27, 1 in 12, 2 in 6, 3 in 1.
        double[] values = [0, 0, 3];

        Bootstrap.Percentile(values, level: 0.9).Should().Be((0, 2), "1/27 < 5 % lies above 2");
        Bootstrap.Percentile(values, level: 0.95).Should().Be((0, 3));
        Bootstrap.Percentile(values, level: 0.3).Should().Be((1, 1), "35 % and 65 % lie within 8/27 and 20/27");
    }

    [Test]
    public void Percentile_WiderLevel_HoldsTheNarrowerOne()
    {
        (double low, double high) = Bootstrap.Percentile(Shares, level: 0.99);
        (double innerLow, double innerHigh) = Bootstrap.Percentile(Shares, level: 0.8);

        low.Should().BeLessThan(innerLow);
        high.Should().BeGreaterThan(innerHigh);
        Shares.Average().Should().BeInRange(innerLow, innerHigh);
    }

    [Test]
    public void PercentileOfAverage_ResamplesEverySetByItself()
    {
        // A set without spread adds none: half of the other set's interval, around 1/2 of its value.
        double[] same = [1, 1, 1];
        (double low, double high) = Bootstrap.Percentile(Shares, seed: 5);

        (double averageLow, double averageHigh) = Bootstrap.PercentileOfAverage([Shares, same], seed: 5);

        averageLow.Should().BeApproximately((low + 1) / 2, 1e-12);
        averageHigh.Should().BeApproximately((high + 1) / 2, 1e-12);
    }

    [Test]
    public void BiasCorrected_EqualValues_IsTheValue() => Bootstrap.BiasCorrected([0.5, 0.5, 0.5]).Should().Be((0.5, 0.5));

    [Test]
    public void Intervals_FewerThanTwoValues_DoNotExist()
    {
        Bootstrap.Percentile([0.5]).Should().Be((double.NaN, double.NaN));
        Bootstrap.BiasCorrected([0.5]).Should().Be((double.NaN, double.NaN));
        Bootstrap.PercentileOfAverage([Shares, [1]]).Should().Be((double.NaN, double.NaN));
        ConfidenceInterval.Wilson(0, 0).Should().Be((double.NaN, double.NaN));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Level_OutsideOfZeroToOne_IsRefused(double level)
    {
        FluentActions.Invoking(() => Bootstrap.Percentile(Shares, level)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("The level is a probability*");
        FluentActions.Invoking(() => ConfidenceInterval.Wilson(1, 2, level)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
