using Mel.Evaluation;

namespace Mel.Core.Tests.Evaluation;

[TestFixture]
public sealed class PairedComparisonTests
{
    [Test]
    public void Of_CommonQuestions_ArePairedById_AndTheOthersCounted()
    {
        EvaluationFigure first = new("Avg@4", ["a", "b", "c", "only first"], [0.25, 1, 0.5, 1]), second = new("Avg@4", ["c", "a", "b"], [0.75, 0.5, 1]);

        PairedComparison comparison = PairedComparison.Of(first, second);

        (comparison.Questions, comparison.Unpaired).Should().Be((3, 1));
        comparison.Difference.Should().BeApproximately((0.25 + 0.25 + 0) / 3, 1e-15);
        comparison.Test.TwoSided.Should().Be(0.5, "two equal differences: both signs alike in two of four ways");
        comparison.Interval.Should().Be(Bootstrap.Percentile([0.25, 0.25, 0]));
    }

    [Test]
    public void Of_HardAndEasyQuestions_AddNoNoise()
    {
        // Every question gains an eighth, whatever its level.
        string[] ids = [.. Enumerable.Range(0, 8).Select(i => $"{i}")];
        EvaluationFigure first = new("Avg@8", ids, [.. Enumerable.Range(0, 8).Select(i => i / 8.0)]);
        EvaluationFigure second = new("Avg@8", ids, [.. Enumerable.Range(0, 8).Select(i => (i + 1) / 8.0)]);

        PairedComparison comparison = PairedComparison.Of(first, second);

        comparison.Interval.Should().Be((0.125, 0.125));
        comparison.Test.TwoSided.Should().Be(2 / 256.0);
    }

    [Test]
    public void Of_NothingInCommon_IsRefused()
        => FluentActions.Invoking(() => PairedComparison.Of(new("Pass@1", ["a"], [1]), new("Pass@1", ["b"], [1]))).Should().Throw<ArgumentException>()
            .WithMessage("The two evaluations have no question in common: 1 in the first, 1 in the second.*");

    [Test]
    public void Figure_ListsOfDifferentLength_AreRefused()
        => FluentActions.Invoking(() => new EvaluationFigure("Pass@1", ["a", "b"], [1])).Should().Throw<ArgumentException>().WithMessage("There are 2 questions and 1 values*");
}
