namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class LessonTests
{
    private const string Text = "step2 21 op40 odd +9 NOT -7 HEUR op40 odd +9";

    private static readonly Rule Nine = Rule.All[2], MinusSeven = Rule.All[5];

    [Test]
    public void Lesson_FormatAndParse_RoundTrip()
    {
        var lesson = new Lesson(2, 21, new Fact(40, true), Nine, MinusSeven);
        lesson.ToString().Should().Be(Text);
        Lesson.TryParse(Text, out Lesson? parsed, out _).Should().BeTrue();
        parsed.Should().Be(lesson);
    }

    [Test]
    public void Lesson_HeuristicThatContradictsItsCritique_IsWellFormed()
    {
        Lesson.TryParse("step2 21 op40 odd +9 NOT -7 HEUR op41 even +1", out Lesson? lesson, out _).Should().BeTrue();
        lesson!.HeuristicText.Should().Be("HEUR op41 even +1");
        lesson.Right.Should().Be(Nine);
    }

    [TestCase("", "fewer")]
    [TestCase("step2 21 op40 odd +9 NOT -7 HEUR op40 odd", "fewer")]
    [TestCase("step2 21 op40 odd +9 NOT -7 HEUR op40 odd +9 +9", "more")]
    [TestCase("step0 21 op40 odd +9 NOT -7 HEUR op40 odd +9", "no step")]
    [TestCase("step9 21 op40 odd +9 NOT -7 HEUR op40 odd +9", "no step")]
    [TestCase("step2 op1 op40 odd +9 NOT -7 HEUR op40 odd +9", "no value")]
    [TestCase("step2 21 op40 op3 +9 NOT -7 HEUR op40 odd +9", "no operator and parity:")]
    [TestCase("step2 21 op40 odd 9 NOT -7 HEUR op40 odd +9", "no rule:")]
    [TestCase("step2 21 op40 odd +9 HEUR -7 HEUR op40 odd +9", "'NOT' is expected")]
    [TestCase("step2 21 op40 odd +9 NOT 7 HEUR op40 odd +9", "no rejected rule")]
    [TestCase("step2 21 op40 odd +9 NOT -7 GOOD op40 odd +9", "'HEUR' is expected")]
    [TestCase("step2 21 op40 odd +9 NOT -7 HEUR odd op40 +9", "in the heuristic")]
    [TestCase("step2 21 op40 odd +9 NOT -7 HEUR op40 odd 9", "no rule in the heuristic")]
    public void Lesson_Malformed_SaysWhatIsWrong(string text, string reason)
    {
        Lesson.TryParse(text, out _, out string? malformed).Should().BeFalse();
        malformed.Should().Contain(reason);
    }

    [Test]
    public void Lesson_Between_NamesTheFirstDivergence()
    {
        Chain correct = Written.Chain("step1 17 op12 odd +4 21 step2 21 op40 odd +9 30 ANS 30"), incorrect = Written.Chain("step1 17 op12 odd +4 21 step2 21 op40 odd -7 14 ANS 14");
        Lesson.Between(correct, incorrect)!.ToString().Should().Be(Text);
    }

    [TestCase("step1 17 op12 odd +4 21 ANS 21")]        // the same chain: nothing to say
    [TestCase("step1 17 op12 odd +4 22 ANS 22")]        // a slip of arithmetic
    [TestCase("step1 17 op13 odd +4 21 ANS 21")]        // a misread operator
    public void Lesson_Between_DifferenceThatIsNotOfRules_IsNull(string incorrect)
        => Lesson.Between(Written.Chain("step1 17 op12 odd +4 21 ANS 21"), Written.Chain(incorrect)).Should().BeNull();

    [Test]
    public void Lesson_IsTrueIn_ComparesTheHeuristicWithTheWorld()
    {
        var world = new World(3);
        var fact = new Fact(40, true);
        foreach (Rule rule in Rule.All)
            new Lesson(1, 1, fact, Nine, MinusSeven, fact, rule).IsTrueIn(world).Should().Be(rule == world.TruthOf(fact));
    }
}
