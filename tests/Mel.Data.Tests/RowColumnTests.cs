namespace Mel.Data.Tests;

[TestFixture]
public sealed class RowColumnTests
{
    [Test]
    public void Add_MoreRowsThanAPieceHolds_KeepsEveryNumber()
    {
        RowColumn<int> column = new();
        for (int row = 0; row < 200_000; row++) column.Add(row < 70_000 ? 0 : row);      // the first piece is nothing but zeros
        column[5] = 7;

        column.Count.Should().Be(200_000);
        column[5].Should().Be(7);
        Enumerable.Range(0, 200_000).Where(row => row != 5 && column[row] != (row < 70_000 ? 0 : row)).Should().BeEmpty();
    }
}
