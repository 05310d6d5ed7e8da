namespace Mel.Verifiers.Tests.Structures;

/// <summary>Reads tables of pairs, one a line: the gold, a tilde, the answer. Both directions must give the same verdict.</summary>
internal static class PairTable
{
    private static readonly MathVerifier Verifier = new();

    public static IEnumerable<TestCaseData> Read(string table)
        => table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static line => line.Split(" ~ "))
            .Select(static pair => new TestCaseData(pair[0], pair[1]));

    public static void ShouldBeEquivalent(string gold, string answer)
    {
        Verifier.Compare(gold, answer).Outcome.Should().Be(VerificationOutcome.Equivalent);
        Verifier.Compare(answer, gold).Outcome.Should().Be(VerificationOutcome.Equivalent, "the comparison is symmetric");
    }

    public static void ShouldDiffer(string gold, string answer)
    {
        Verifier.Compare(gold, answer).IsCorrect.Should().BeFalse();
        Verifier.Compare(answer, gold).IsCorrect.Should().BeFalse("the comparison is symmetric");
    }
}
