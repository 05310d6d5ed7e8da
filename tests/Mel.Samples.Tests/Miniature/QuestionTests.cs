using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class QuestionTests
{
    private readonly World _world = new();

    [Test]
    public void Question_FormatAndParse_RoundTrip()
    {
        var question = new Question(17, [12, 40, 3]);
        question.ToString().Should().Be("Q 17 op12 op40 op3");
        Question.TryParse(question.ToString(), out Question? parsed).Should().BeTrue();
        parsed.Should().Be(question);
    }

    [TestCase("")]
    [TestCase("Q 17")]
    [TestCase("Q 32 op1")]
    [TestCase("Q 07 op1")]
    [TestCase("Q 1 op288")]
    [TestCase("Q 1 op1 ")]
    [TestCase("Q -1 op1")]
    [TestCase("Q 1 op1 op1 op1 op1 op1 op1 op1 op1 op1")]
    public void Question_Malformed_IsNotParsed(string text) => Question.TryParse(text, out _).Should().BeFalse();

    [Test]
    public void Question_OutOfRange_SaysWhatIsAllowed()
    {
        FluentActions.Invoking(() => new Question(32, [1])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 .. 31*");
        FluentActions.Invoking(() => new Question(1, [288])).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 .. 287*");
        FluentActions.Invoking(() => new Question(1, [])).Should().Throw<ArgumentException>().WithMessage("*1 .. 8 operators, got 0*");
    }

    [Test]
    public void QuestionSets_TrainingAndHeldOut_ShareNoQuestionWhateverTheirSeeds()
    {
        var training = Enumerable.Range(0, 4).SelectMany(seed => QuestionSets.Training(_world, 500, (ulong)seed)).Select(p => p.Id).ToHashSet();
        Enumerable.Range(0, 4).SelectMany(seed => QuestionSets.HeldOut(_world, 500, (ulong)seed)).Should().NotContain(p => training.Contains(p.Id));
    }

    [Test]
    public void QuestionSets_SameSeed_SameDistinctQuestions()
    {
        IReadOnlyList<Prompt> first = QuestionSets.HeldOut(_world, 768, 3), longer = QuestionSets.HeldOut(_world, 1000, 3);
        longer.Take(768).Should().Equal(first, (a, b) => a.Id == b.Id && a.Text == b.Text && a.Answer == b.Answer);
        longer.Select(p => p.Id).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void HeldOut_IsOneInEight()
    {
        var random = new SeededRandom(5);
        int heldOut = Enumerable.Range(0, 8000).Count(_ => new Question(random.Next(32), [random.Next(96), random.Next(96), random.Next(96)]).IsHeldOut);
        heldOut.Should().BeInRange(1000 - 120, 1000 + 120);     // 4 standard deviations
    }

    [Test]
    public async Task EveryQuestion_IsSolvable()
    {
        var verifier = new ChainVerifier();
        foreach (Prompt prompt in QuestionSets.Training(_world, 300, 1).Concat(QuestionSets.HeldOut(_world, 300, 1)))
        {
            Question.TryParse(prompt.Text, out Question? question).Should().BeTrue();
            Trajectory solution = Written.By(_world.Solve(question!).ToString(), Words.End);
            (await verifier.VerifyAsync(prompt, solution)).Verdict.Should().Be(Verdict.Correct, "{0} is solved by {1}", prompt.Text, solution.Text);
        }
    }
}
