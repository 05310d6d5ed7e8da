using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;

namespace Mel.Core.Tests.Experiences;

[TestFixture]
public sealed class MetaExperienceTests
{
    private static readonly RolloutGroup Group = Trajectories.Group(new Prompt("q", "why", "yes"), ["yes", "no"], 0);

    [Test]
    public void Internalization_Retrospective_IsTheWholeTextAfterTheExtractionPrompt()
    {
        (TokenSequence sequence, double share) = Experience("abc: def", 4, 4).Internalization(Conditioning.Retrospective).Should().ContainSingle().Subject;

        (Text(sequence.Context), Text(sequence.Response), share).Should().Be(("extract", "abc: def\0", 1.0));
    }

    [Test]
    public void Internalization_Question_IsTheWholeTextAfterTheQuestion()
    {
        (TokenSequence sequence, double share) = Experience("abc: def", 4, 4).Internalization(Conditioning.Question).Should().ContainSingle().Subject;

        (Text(sequence.Context), Text(sequence.Response), share).Should().Be(("why", "abc: def\0", 1.0));
    }

    [TestCase("abc: def", 4, 4, " def\0", TestName = "Internalization_Heuristic_AtTheEnd_TakesTheStopTokenAlong")]
    [TestCase("abc: def \n", 4, 4, " def \n\0", TestName = "Internalization_Heuristic_BeforeTrailingWhiteSpace_TakesTheStopTokenAlong")]
    [TestCase("abc: def", 0, 3, "abc", TestName = "Internalization_Heuristic_InFront_EndsWhereItEnds")]
    [TestCase("abc: def", 3, 2, ": ", TestName = "Internalization_Heuristic_InTheMiddle_IsJustThat")]
    public void Internalization_Heuristic(string text, int start, int length, string expected)
    {
        (TokenSequence sequence, double share) = Experience(text, start, length).Internalization(Conditioning.Heuristic).Should().ContainSingle().Subject;

        (Text(sequence.Context), Text(sequence.Response), share).Should().Be(("recall", expected, 1.0));
    }

    [Test]
    public void Internalization_Heuristic_TokensOfSeveralCharacters_AreTakenWhole()
    {
        // Tokens: "ab", "c: d", "ef", stop; the recall " de" touches the second and the third.
        Trajectory written = new(new[] { 1, 2, 3, 0 }, new float[4], "abc: def", FinishReason.Stop) { TextEnds = new[] { 2, 6, 8, 8 } };

        Experience(written, new TextSpan(4, 3)).Internalization(Conditioning.Heuristic)[0].Sequence.Response.ToArray().Should().Equal(2, 3);
    }

    [Test]
    public void Internalization_Both_SharesTheWeight()
    {
        IReadOnlyList<(TokenSequence Sequence, double Share)> both = Experience("abc: def", 4, 4).Internalization(Conditioning.Both);

        both.Select(b => (Text(b.Sequence.Context), Text(b.Sequence.Response), b.Share)).Should().Equal(("extract", "abc: def\0", 0.5), ("recall", " def\0", 0.5));
    }

    [Test]
    public void Internalization_Heuristic_SamplerWithoutTextEnds_SaysWhatIsMissing()
    {
        MetaExperience experience = Experience(Trajectories.Of("abc: def") with { TextEnds = default }, new TextSpan(4, 4));

        experience.Invoking(e => e.Internalization(Conditioning.Heuristic)).Should().Throw<InvalidOperationException>().WithMessage("The sampler gave 0 text ends for 9 tokens*TextEnds*");
        experience.Internalization(Conditioning.Retrospective).Should().ContainSingle("no other conditioning needs them");
    }

    [Test]
    public void Internalization_UnknownConditioning_IsRefused()
        => Experience("abc", 0, 3).Invoking(e => e.Internalization((Conditioning)9)).Should().Throw<ArgumentOutOfRangeException>();

    private static MetaExperience Experience(string text, int start, int length) => Experience(Trajectories.Of(text), new TextSpan(start, length));

    private static MetaExperience Experience(Trajectory written, TextSpan recall)
        => new(new ContrastivePair(0, Group, 0, 1), Trajectories.Tokens("extract"), written, new ExperienceSections(new(0, 1), new(1, 1), recall), Trajectories.Tokens("recall"));

    private static string Text(ReadOnlyMemory<int> tokens) => ScriptedSampler.MessageOf(tokens);
}
