using Mel.Experiences;
using Mel.Memory;

namespace Mel.Core.Tests.Memory;

[TestFixture]
public sealed class ClaimClustersTests
{
    private static readonly string[] Keys =
        ["when dividing by an unknown", "when dividing by the unknown", "when adding fractions", "when adding the fractions", "when dividing by an unknown"];

    [Test]
    public async Task Resolve_TextsWithTheSameRareWords_AreOne()
    {
        // Of two texts, a word in both weighs log(3/2), one in a single text log 3: the cosine of the first two is 4 x .16 / (4 x .16 + 1.21) = .35.
        IReadOnlyList<HeuristicClaim> claims = await new ClaimClusters(new() { KeySimilarity = 0.3, AnswerSimilarity = 1 }).ResolveAsync(Claims());

        claims.Select(c => c.Key).Should().Equal(Keys[0], Keys[0], Keys[2], Keys[2], Keys[0]);
        claims.Select(c => c.Answer).Should().Equal("a0", "a1", "a2", "a3", "a4");
    }

    [Test]
    public async Task Resolve_SimilarityOne_TakesOnlyEqualWords()
        => (await new ClaimClusters(new() { KeySimilarity = 1 }).ResolveAsync(Claims())).Select(c => c.Key).Should().Equal(Keys);

    [Test]
    public async Task Resolve_WithVectors_WordsOfOneMeaningMeet()
    {
        // 'add' and 'sum' point the same way, 'cut' another.
        ClaimClusters clusters = new(
            new() { KeySimilarity = 0.9 }, word => word switch { "add" => new[] { 1f, 0f }, "sum" => new[] { 2f, 0.1f }, _ => new[] { 0f, 1f } });

        (await clusters.ResolveAsync([new("add", "x"), new("sum", "x"), new("cut", "x")])).Select(c => c.Key).Should().Equal("add", "add", "cut");
    }

    [Test]
    public async Task Resolve_MoreClustersThanThereIsRoomFor_ForgetsTheOneMetLongestAgo()
    {
        ClaimClusters clusters = new(new() { MaxClusters = 2, AnswerSimilarity = 1 });
        await clusters.ResolveAsync([new("one", "x"), new("two", "x"), new("one", "x"), new("three", "x")]);
        ClaimClusters copy = new(new() { MaxClusters = 2, AnswerSimilarity = 1 });
        copy.LoadState(clusters.SaveState());

        copy.SaveState().ToArray().Should().Equal(clusters.SaveState().ToArray());
        (await copy.ResolveAsync([new("two", "y"), new("one", "y")])).Should().BeEquivalentTo(
            await clusters.ResolveAsync([new("two", "y"), new("one", "y")]), o => o.WithStrictOrdering());
        FluentActions.Invoking(() => new ClaimClusters(new() { MaxClusters = 1 }).LoadState(clusters.SaveState())).Should().Throw<FormatException>()
            .WithMessage("*MaxClusters bounds*");
        byte[] state = clusters.SaveState().ToArray();
        for (int length = 0; length < state.Length; length++)
            FluentActions.Invoking(() => new ClaimClusters().LoadState(state.AsMemory(0, length))).Should().Throw<FormatException>();
    }

    private static IReadOnlyList<HeuristicClaim> Claims() => [.. Keys.Select((k, i) => new HeuristicClaim(k, $"a{i}"))];
}
