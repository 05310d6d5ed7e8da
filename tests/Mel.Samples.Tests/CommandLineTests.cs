using Mel.Samples.Tests.Docs;
using Mel.Testing;

namespace Mel.Samples.Tests;

/// <summary>What the smaller programs say to <c>--help</c> and to a wrong command line.</summary>
[TestFixture, NonParallelizable]
public sealed class CommandLineTests
{
    private const string Miniature = "Mel.Samples.Miniature", Loop = "Mel.Samples.Loop", Audit = "AuditVerifier";

    [TestCase(Miniature, "--help", "warm-start"), TestCase(Miniature, "show --help", "--questions"), TestCase(Miniature, "evaluate -h", "--model")]
    [TestCase(Loop, "--help", "<steps>"), TestCase(Audit, "--help", "--preset")]
    public void Help_NamesWhatThereIs(string program, string line, string expected)
    {
        (int code, string output, string error) = SampleProgram.Run(program, line.Split(' '));

        code.Should().Be(0);
        error.Should().BeEmpty();
        output.Should().Contain("Usage:").And.Contain(expected);
    }

    [TestCase(Miniature, "warm-start --steps 0 --seed -1 --sted 2", "--steps is '0', expected a number of at least 1.", "'--seed'", "'--sted'")]
    [TestCase(Miniature, "show --questions 1.5 --model /no/model", "'--questions'", "--model is '/no/model', expected a path that exists.")]
    [TestCase(Miniature, "", "Required command"), TestCase(Loop, "0 --fast", "steps is '0', expected a number of at least 1.", "'--fast'")]
    [TestCase(Audit, "/no/file --list -1 --preset Train", "file is '/no/file', expected a path", "--list is '-1', expected a number of at least 0.",
        "--preset is 'Train', expected one of: Training, Evaluation")]
    public void WrongOptions_AreSaidAllAtOnce_ByName(string program, string line, params string[] expected)
    {
        (int code, string output, string error) = SampleProgram.Run(program, line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        code.Should().Be(2);
        output.Should().BeEmpty();
        foreach (string message in expected) error.Should().Contain(message);
    }

    [Test]
    public void AuditVerifier_Example_PrintsWhatItsHeaderSays()
    {
        (int code, string output, string error) = SampleProgram.Run(
            Audit, Path.Combine(Documents.Repository, "samples", "AuditVerifier", "example.jsonl"), "--preset", "Evaluation", "--second", "other");

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("7 rows, 0 lines without").And.Contain("Golds that cannot be read: 1").And.Contain("agreement with 'other': 5 of 6")
            .And.Contain("Right here, wrong there: 1").And.NotContain("Wrong here, right there");
    }

    [Test]
    public void Miniature_Show_PrintsAQuestionWithSolutions()
    {
        (int code, string output, string error) = SampleProgram.Run(Miniature, "show", "--questions", "1", "--seed", "2");

        error.Should().BeEmpty();
        code.Should().Be(0);
        output.Should().Contain("Some facts").And.MatchRegex(@"\n  true +step1").And.Contain("  Correct ").And.Contain("  Incorrect ");
    }
}
