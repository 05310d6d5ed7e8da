using Mel.Data.Files;

namespace Mel.Data.Tests;

[TestFixture]
public sealed class BlockOrderTests
{
    private static readonly RowBlock[] Blocks = [.. Enumerable.Range(0, 10).Select(i => new RowBlock(0, new RowMark(0, 0, 0, 0, []), 3 * i, 3, 100))];

    [Test]
    public void Find_NoSeed_KeepsTheOrderInWindowsOfTheGivenBytes()
    {
        BlockOrder order = new(Blocks, b => b.Rows, 250, null, 0);

        order.Find(0).Should().Be((0, 0));
        order.Find(5).Should().Be((0, 0));
        order.Find(6).Should().Be((1, 6));
        order.Find(29).Should().Be((4, 24));
        order.Blocks(1).Select(b => b.First).Should().Equal(6, 9);
    }

    [Test]
    public void Blocks_Seed_AreEachInOneWindow_AndDifferInEveryEpoch()
    {
        int[][] epochs = [.. Enumerable.Range(0, 3).Select(e => Order(7, e))];

        epochs.Should().OnlyContain(e => e.Order().SequenceEqual(Blocks.Select(b => b.First)));
        epochs.Select(e => string.Join(' ', e)).Should().OnlyHaveUniqueItems();
        Order(7, 2).Should().Equal(epochs[2]);
    }

    [Test]
    public void Find_BlocksWithoutPrompts_HaveNoPosition()
    {
        BlockOrder order = new(Blocks, b => b.First < 12 ? 0 : 1, 100, null, 0);

        order.Find(0).Should().Be((0, 0));
        order.Blocks(0).Single().First.Should().Be(12);
        order.Find(5).Should().Be((5, 5));
    }

    private static int[] Order(ulong seed, long epoch)
    {
        BlockOrder order = new(Blocks, b => b.Rows, 250, seed, epoch);
        return [.. Enumerable.Range(0, 5).SelectMany(order.Blocks).Select(b => b.First)];
    }
}
