using Mel.Prompts;

namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class WorldShapeTests
{
    private static readonly WorldShape Renamed = new() { NamesPerOperator = 3 };

    [Test]
    public void Names_OfOneOperator_MeanTheSame()
    {
        World world = new(5, Renamed);

        foreach (Fact fact in Fact.All)
        {
            Fact[] others = [fact with { Operator = fact.Operator + 96 }, fact with { Operator = fact.Operator + 192 }];
            others.Should().AllSatisfy(other =>
            {
                world.TruthOf(other).Should().Be(world.TruthOf(fact));
                world.Beliefs.Of(other).ToArray().Should().Equal(world.Beliefs.Of(fact).ToArray());
                world.IsClean(other.Operator).Should().Be(world.IsClean(fact.Operator));
            });
        }

        world.TruthOf(new Fact(95, true)).Should().Be(new World(5).TruthOf(new Fact(95, true)), "names change no truth");
    }

    [Test]
    public void Shape_SizesFollow()
    {
        WorldShape.Standard.VocabularySize.Should().Be(161);
        (Renamed.Names, Renamed.VocabularySize).Should().Be((288, 65 + 288));
        new WorldShape { Operators = 192 }.VocabularySize.Should().Be(65 + 192);
        (WorldShape.Standard.SolutionTokens, new WorldShape { QuestionLength = 4 }.SolutionTokens).Should().Be((Chain.StandardTokens, 27));
    }

    [Test]
    public void Truths_OfAHarderWorld_LieInItsRange()
    {
        World world = new(6, new WorldShape { LeastTruth = .1, MostTruth = .3 });

        double[] shares = [.. world.AllFacts.Where(f => !world.IsClean(f.Operator)).Select(f => world.Beliefs.Of(f)[world.TruthOf(f).Index])];

        shares.Should().OnlyContain(q => q >= .1 && q <= .3);
        (shares.Min(), shares.Max()).Should().Match<(double Low, double High)>(r => r.Low < .15 && r.High > .25);
    }

    [Test]
    public void Questions_UseEveryName_AndAreAsLongAsTheShapeSays()
    {
        World world = new(6, new WorldShape { Operators = 192, QuestionLength = 4 });

        Question[] questions = [.. QuestionSets.Training(world, 600, 1).Select(Read)];

        questions.Should().OnlyContain(q => q.Operators.Count == 4);
        questions.SelectMany(q => q.Operators).Distinct().Should().HaveCount(192);
        IEnumerable<string> heldOut = QuestionSets.HeldOut(world, 200, 1).Select(p => p.Id);
        heldOut.Should().NotIntersectWith(QuestionSets.Training(world, 600, 1).Select(p => p.Id));

        static Question Read(Prompt prompt) => Question.TryParse(prompt.Text, out Question? question) ? question : throw new FormatException(prompt.Text);
    }

    [Test]
    public void Lessons_OfRenamedOperators_UseAnyNameOfWhatTheyAreAbout()
    {
        CorpusWriter writer = new(new World(5, Renamed).Beliefs, 1);
        int renamed = 0, all = 300;

        for (int i = 0; i < all; i++)
        {
            Lesson.TryParse(writer.Next(CorpusTask.Analyze).Completion[..^" END".Length], out Lesson? lesson, out string? malformed).Should().BeTrue(malformed);
            Renamed.Canonical(lesson!.HeuristicFact).Should().Be(Renamed.Canonical(lesson.Fact));
            if (lesson.HeuristicFact != lesson.Fact) renamed++;
        }

        renamed.Should().BeInRange(all / 2, all * 5 / 6, "two of three names are others");
    }

    [TestCase(0, 1)]
    [TestCase(289, 1)]
    [TestCase(96, 4)]
    public void World_MoreNamesThanWords_IsRefused(int operators, int names)
        => FluentActions.Invoking(() => new World(1, new WorldShape { Operators = operators, NamesPerOperator = names })).Should().Throw<ArgumentException>()
            .WithMessage("*1 .. 288*");
}
