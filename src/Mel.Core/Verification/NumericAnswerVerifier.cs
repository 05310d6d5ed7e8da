using Mel.Runtime;

namespace Mel.Verification;

/// <summary>
/// Correct when the last number of the response equals the reference number within a tolerance: the form of GSM8K. A reference that is no number is
/// <see cref="Verdict.Unverifiable"/>.
/// </summary>
/// <param name="tolerance">Largest absolute difference, at least 0; 0 compares exactly.</param>
/// <param name="requireTermination">Whether a cut-off response is incorrect; see <see cref="TerminatedAnswerVerifier"/>.</param>
public sealed class NumericAnswerVerifier(decimal tolerance = 0, bool requireTermination = true) : AnswerVerifier(requireTermination)
{
    private readonly decimal _tolerance = tolerance >= 0
        ? tolerance
        : throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance must be at least 0.");

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set(nameof(tolerance), _tolerance);
    }

    /// <inheritdoc/>
    protected override Judgement Judge(string reference, string response)
    {
        if (!AnswerNumber.TryParse(reference, out decimal expected)) return Verdict.Unverifiable;
        if (!AnswerNumber.TryFindLast(response, out decimal given)) return Verdict.Incorrect;
        return new Judgement(Near(given, expected) ? Verdict.Correct : Verdict.Incorrect) { Answer = AnswerNumber.Plain(given) };
    }

    private bool Near(decimal given, decimal expected)
    {
        if (given == expected) return true;
        // Values of opposite sign and extreme size would overflow the subtraction.
        if ((given < 0) != (expected < 0)) return Math.Abs(given) <= _tolerance && Math.Abs(expected) <= _tolerance - Math.Abs(given);
        return Math.Abs(given - expected) <= _tolerance;
    }
}
