using Mel.Prompts;

namespace Mel.Core.Tests.Prompts;

[TestFixture]
public sealed class PromptListTests
{
    private static readonly Prompt[] Ten = [.. Enumerable.Range(0, 10).Select(i => new Prompt($"{i}", $"question {i}", "?"))];

    [Test]
    public async Task Take_WithoutSeed_RepeatsTheGivenOrder()
        => (await IdsAsync(new PromptList(Ten), 8, 5)).Should().Equal("8", "9", "0", "1", "2");

    [Test]
    public async Task Take_Shuffled_EveryEpochHoldsEachPromptOnceInAnOrderOfItsOwn()
    {
        PromptList list = new(Ten, shuffleSeed: 1);
        string[][] epochs = [await IdsAsync(list, 0, 10), await IdsAsync(list, 10, 10), await IdsAsync(list, 20, 10)];

        epochs.Should().OnlyContain(e => e.Distinct().Count() == 10);
        epochs.Select(e => string.Join(' ', e)).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public async Task Take_SamePosition_YieldsTheSamePromptWhateverWasAskedBefore()
    {
        PromptList straight = new(Ten, shuffleSeed: 1), jumping = new(Ten, shuffleSeed: 1);
        string[] all = await IdsAsync(straight, 0, 40);

        foreach (int position in new[] { 35, 3, 17, 0, 39 }) (await IdsAsync(jumping, position, 1)).Should().Equal(all[position]);
        (await IdsAsync(new PromptList(Ten, shuffleSeed: 2), 0, 40)).Should().NotEqual(all);
    }

    [Test]
    public async Task Take_CallsThatOverlap_AreAsGoodAsOneAfterTheOther()
    {
        PromptList list = new(Ten, shuffleSeed: 1);
        string[] all = await IdsAsync(list, 0, 200);

        string[][] parts = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => IdsAsync(list, i * 10, 10))));

        parts.SelectMany(p => p).Should().Equal(all);
    }

    [Test]
    public void List_Empty_IsRefused()
        => FluentActions.Invoking(() => new PromptList([])).Should().Throw<ArgumentException>().WithMessage("The list holds no prompt*");

    [Test]
    public void List_IdTwice_IsRefused()
        => FluentActions.Invoking(() => new PromptList([Ten[0], Ten[1], Ten[0]])).Should().Throw<ArgumentException>().WithMessage("The prompt id '0' occurs twice*");

    [TestCase(-1L, 1)]
    [TestCase(0L, 0)]
    public async Task Take_ImpossibleRange_IsRefused(long position, int count)
        => await FluentActions.Awaiting(() => new PromptList(Ten).TakeAsync(position, count).AsTask()).Should().ThrowAsync<ArgumentOutOfRangeException>();

    [Test]
    public async Task Take_Canceled_LetsTheExceptionThrough()
        => await FluentActions.Awaiting(() => new PromptList(Ten).TakeAsync(0, 1, new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();

    private static async Task<string[]> IdsAsync(PromptList list, long position, int count) => [.. (await list.TakeAsync(position, count)).Select(p => p.Id)];
}
