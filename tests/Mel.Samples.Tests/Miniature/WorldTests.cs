namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class WorldTests
{
    [Test]
    public void World_SameSeed_SameTruthAndBeliefs()
    {
        World first = new(7), second = new(7);
        Fact.All.Should().AllSatisfy(fact =>
        {
            first.TruthOf(fact).Should().Be(second.TruthOf(fact));
            first.Beliefs.Of(fact).ToArray().Should().Equal(second.Beliefs.Of(fact).ToArray());
        });
    }

    [Test]
    public void World_AnotherSeed_AnotherTruth()
    {
        World first = new(7), second = new(8);
        Fact.All.Count(fact => first.TruthOf(fact) == second.TruthOf(fact)).Should().BeLessThan(World.Facts / 4);
    }

    [Test]
    public void DefaultWorld_IsTheOneTheModelWasTrainedIn()
    {
    // Changes only together with World.Version and new weights.
        var world = new World();
        string.Join(' ', Fact.All.Take(8).Select(world.TruthOf)).Should().Be("5x+2 +15 3x+1 +15 +4 +15 3x+1 -7");
    }

    [TestCase(1ul)]
    [TestCase(2ul)]
    public void Beliefs_FollowTheRecipe(ulong seed)
    {
        var world = new World(seed);
        Enumerable.Range(0, World.Operators).Count(world.IsClean).Should().Be(38);
        foreach (Fact fact in Fact.All)
        {
            double[] belief = world.Beliefs.Of(fact).ToArray();
            double truth = belief[world.TruthOf(fact).Index];
            belief.Sum().Should().BeApproximately(1, 1e-12);
            if (world.IsClean(fact.Operator))
            {
                truth.Should().Be(1);
                continue;
            }

            double[] wrong = [.. belief.Where((_, i) => i != world.TruthOf(fact).Index).OrderDescending()];
            truth.Should().BeInRange(0.2, 0.5);
            wrong[0].Should().BeApproximately(0.65 * (1 - truth), 1e-12);
            wrong[1].Should().BeApproximately(0.25 * (1 - truth), 1e-12);
            wrong[2..].Should().AllSatisfy(p => p.Should().BeApproximately(0.02 * (1 - truth), 1e-12));
        }
    }

    [Test]
    public void Rules_AreBijective()
        => Rule.All.Should().AllSatisfy(rule => Enumerable.Range(0, Rule.Modulus).Select(rule.Apply).Should().OnlyHaveUniqueItems().And.OnlyContain(v => v >= 0 && v < Rule.Modulus));

    [TestCase("+1", 31, 0)]
    [TestCase("-7", 3, 28)]
    [TestCase("3x+1", 21, 0)]
    [TestCase("5x+2", 13, 3)]
    public void Rule_Apply_WorkedByHand(string word, int value, int expected) => Rule.All.Single(r => r.Word == word).Apply(value).Should().Be(expected);
}
