namespace Mel.Terminal.Tests;

[TestFixture]
public sealed class SparklineTests
{
    [Test]
    public void Draw_RisingValues_GoFromTheLowestToTheHighestMark()
    {
        Sparkline.Draw([0, 1, 2, 3, 4, 5, 6, 7], 20, unicode: true).Should().Be("▁▂▃▄▅▆▇█");
        Sparkline.Draw([0, 1, 2, 3, 4, 5, 6, 7], 20, unicode: false).Should().Be("_.-~=+*#");
    }

    [Test]
    public void Draw_MoreValuesThanColumns_ShowsMeansOfNeighbors()
        => Sparkline.Draw([0, 2, 8, 6, 1, 1], 3, unicode: true).Should().Be("▁█▁", "the means are 1, 7 and 1");

    [TestCase(0), TestCase(-3)]
    public void Draw_NoRoom_IsEmpty(int columns) => Sparkline.Draw([1, 2], columns, unicode: true).Should().BeEmpty();

    [Test]
    public void Draw_FlatOrMissingValues_AreLowMarksAndGaps()
    {
        Sparkline.Draw([.5, .5], 9, unicode: true).Should().Be("▁▁");
        Sparkline.Draw([0, double.NaN, 1], 9, unicode: true).Should().Be("▁ █");
        Sparkline.Draw([double.NaN], 9, unicode: true).Should().BeEmpty();
    }
}
