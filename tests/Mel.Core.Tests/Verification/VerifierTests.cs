using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Verification;

[TestFixture]
public sealed class VerifierTests
{
    [TestCase("Paris", "Paris", Verdict.Correct)]
    [TestCase("Paris", "  Paris\n", Verdict.Correct)]
    [TestCase("Paris", "paris", Verdict.Incorrect)]
    [TestCase("Paris", "It is Paris", Verdict.Incorrect)]
    [TestCase("Paris", "", Verdict.Incorrect)]
    public async Task Exact_ComparesTheWholeResponse(string answer, string response, Verdict expected)
        => (await JudgeAsync(new ExactAnswerVerifier(), answer, response)).Should().Be(expected);

    [Test]
    public async Task Exact_IgnoreCase_TakesEitherCase() => (await JudgeAsync(new ExactAnswerVerifier(ignoreCase: true), "Paris", "PARIS")).Should().Be(Verdict.Correct);

    [TestCase("42", @"so \boxed{42}", Verdict.Correct)]
    [TestCase("42", @"so \boxed{ 42. } it is.", Verdict.Correct)]
    [TestCase("42", @"\boxed{$42$}", Verdict.Correct)]
    [TestCase("42", @"\boxed{42.0}", Verdict.Correct)]
    [TestCase("1234", @"\boxed{1,234}", Verdict.Correct)]
    [TestCase("1,234", @"\boxed{1234}", Verdict.Correct)]
    [TestCase("12", @"\boxed{1,2}", Verdict.Incorrect)]
    [TestCase("1234", @"\boxed{12,34}", Verdict.Incorrect)]
    [TestCase("(1,2)", @"\boxed{(1,2)}", Verdict.Correct)]
    [TestCase(@"\frac{1}{2}", @"\boxed{\frac{1}{2}}", Verdict.Correct)]
    [TestCase(@"\frac{1}{2}", @"\boxed{\frac{1}{2}", Verdict.Incorrect)]
    [TestCase("1", @"\boxed{1} no, \boxed{2}", Verdict.Incorrect)]
    [TestCase("2", @"\boxed{1} no, \boxed{2}", Verdict.Correct)]
    [TestCase("1", @"\boxed{1} and \boxed{2", Verdict.Incorrect)]
    [TestCase("42", "42", Verdict.Incorrect)]
    [TestCase("42", @"\boxed{}", Verdict.Incorrect)]
    [TestCase("", @"\boxed{}", Verdict.Incorrect)]
    [TestCase("42", @"\boxed 42", Verdict.Incorrect)]
    public async Task Boxed_ComparesTheLastBox(string answer, string response, Verdict expected)
        => (await JudgeAsync(new BoxedAnswerVerifier(), answer, response)).Should().Be(expected);

    [TestCase("72", "The answer is 72.", Verdict.Correct)]
    [TestCase("72", "first 71, then 72", Verdict.Correct)]
    [TestCase("72", "72 apples, then 3 pears", Verdict.Incorrect)]
    [TestCase("1,200", "$1200", Verdict.Correct)]
    [TestCase("1200", "it costs $1,200.00.", Verdict.Correct)]
    [TestCase("-3", "x = -3", Verdict.Correct)]
    [TestCase("3", "x = -3", Verdict.Incorrect)]
    [TestCase("3", "x-3", Verdict.Correct)]
    [TestCase("0.5", "0.50", Verdict.Correct)]
    [TestCase("12", "the point (1,2)", Verdict.Incorrect)]
    [TestCase("72", "none", Verdict.Incorrect)]
    [TestCase("72", "", Verdict.Incorrect)]
    [TestCase("pi", "3.14", Verdict.Unverifiable)]
    [TestCase("79228162514264337593543950335", "-79228162514264337593543950335", Verdict.Incorrect)]
    public async Task Numeric_ComparesTheLastNumber(string answer, string response, Verdict expected)
        => (await JudgeAsync(new NumericAnswerVerifier(), answer, response)).Should().Be(expected);

    [TestCase("3.14", "3.1416", Verdict.Correct)]
    [TestCase("0.004", "-0.005", Verdict.Correct)]
    [TestCase("0.004", "-0.007", Verdict.Incorrect)]
    [TestCase("-79228162514264337593543950335", "79228162514264337593543950335", Verdict.Incorrect)]
    [TestCase("3.14", "3.151", Verdict.Incorrect)]
    public async Task Numeric_Tolerance_IsAbsolute(string answer, string response, Verdict expected)
        => (await JudgeAsync(new NumericAnswerVerifier(tolerance: 0.01m), answer, response)).Should().Be(expected);

    [Test]
    public void Numeric_NegativeTolerance_IsRefused()
        => FluentActions.Invoking(() => new NumericAnswerVerifier(-1)).Should().Throw<ArgumentOutOfRangeException>();

    [Test]
    public async Task Function_DecidesOnTerminatedResponses()
    {
        IVerifier verifier = Verifier.From((prompt, text) => text == prompt.Answer);

        (await JudgeAsync(verifier, "a", "a")).Should().Be(Verdict.Correct);
        (await JudgeAsync(verifier, "a", "b")).Should().Be(Verdict.Incorrect);
        (await JudgeAsync(verifier, "a", "a", stops: false)).Should().Be(Verdict.Incorrect);
        (await JudgeAsync(Verifier.From((prompt, text) => text == prompt.Answer, requireTermination: false), "a", "a", stops: false)).Should().Be(Verdict.Correct);
        (await JudgeAsync(Verifier.From((_, trajectory) => trajectory.FinishReason == FinishReason.Length ? Verdict.Unverifiable : Verdict.Correct), "a", "a", stops: false)).Should().Be(Verdict.Unverifiable);
    }

    [Test]
    public async Task AllOfThem_CutOffResponse_IsIncorrectUnlessAllowed()
    {
        foreach ((IVerifier strict, IVerifier lenient, string response) in new (IVerifier, IVerifier, string)[]
        {
            (new ExactAnswerVerifier(), new ExactAnswerVerifier(requireTermination: false), "7"),
            (new BoxedAnswerVerifier(), new BoxedAnswerVerifier(requireTermination: false), @"\boxed{7}"),
            (new NumericAnswerVerifier(), new NumericAnswerVerifier(requireTermination: false), "7"),
            (new TerminatedAnswerVerifier(new ExactAnswerVerifier(requireTermination: false)), new ExactAnswerVerifier(requireTermination: false), "7"),
        })
        {
            (await JudgeAsync(strict, "7", response, stops: false)).Should().Be(Verdict.Incorrect);
            (await JudgeAsync(strict, "7", response)).Should().Be(Verdict.Correct);
            (await JudgeAsync(lenient, "7", response, stops: false)).Should().Be(Verdict.Correct);
        }
    }

    [Test]
    public async Task AllOfThem_HostileResponse_IsAVerdict()
    {
        string[] hostile = [new string('{', 1 << 20), string.Concat(Enumerable.Repeat(@"\boxed{", 1 << 16)), new string('9', 1 << 20), new string('.', 1 << 20), "\0\uD800", @"\boxed{" + new string('}', 1 << 20)];

        foreach (IVerifier verifier in new IVerifier[] { new ExactAnswerVerifier(), new BoxedAnswerVerifier(), new NumericAnswerVerifier() })
        {
            foreach (string response in hostile) (await JudgeAsync(verifier, "7", response)).Should().Be(Verdict.Incorrect);
        }
    }

    [Test]
    public async Task AllOfThem_Canceled_LetTheExceptionThrough()
    {
        foreach (IVerifier verifier in new[] { new ExactAnswerVerifier(), new TerminatedAnswerVerifier(new BoxedAnswerVerifier()), Verifier.From((_, _) => true) })
            await FluentActions.Awaiting(() => verifier.VerifyAsync(new Prompt("q", "q", "7"), Trajectories.Of("7"), new CancellationToken(true)).AsTask()).Should().ThrowAsync<OperationCanceledException>();
    }

    private static async Task<Verdict> JudgeAsync(IVerifier verifier, string answer, string response, bool stops = true)
        => (await verifier.VerifyAsync(new Prompt("q", "question", answer), Trajectories.Of(response, stops))).Verdict;
}
