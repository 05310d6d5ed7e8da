using Mel.Runtime;

namespace Mel.Verification;

/// <summary>Correct when the whole response, without surrounding white space, is the reference answer.</summary>
/// <param name="ignoreCase">Whether letters of either case are equal.</param>
/// <param name="requireTermination">Whether a cut-off response is incorrect; see <see cref="TerminatedAnswerVerifier"/>.</param>
public sealed class ExactAnswerVerifier(bool ignoreCase = false, bool requireTermination = true) : AnswerVerifier(requireTermination)
{
    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set(nameof(ignoreCase), ignoreCase);
    }

    /// <inheritdoc/>
    protected override Judgement Judge(string reference, string response)
    {
        string answer = response.Trim();
        StringComparison comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        bool isEqual = answer.AsSpan().Equals(reference.AsSpan().Trim(), comparison);
        return new Judgement(isEqual ? Verdict.Correct : Verdict.Incorrect) { Answer = ignoreCase ? answer.ToUpperInvariant() : answer };
    }
}
