namespace Mel.Verification;

/// <summary>
/// Correct when the content of the last <c>\boxed{...}</c> equals the reference answer, as text without surrounding white space and trailing dot, or as a
/// number. For answers that need algebra use the MathVerifier of Mel.Verifiers.
/// </summary>
/// <param name="requireTermination">Whether a cut-off response is incorrect; see <see cref="TerminatedAnswerVerifier"/>.</param>
public sealed class BoxedAnswerVerifier(bool requireTermination = true) : AnswerVerifier(requireTermination)
{
    private const string Box = @"\boxed{";

    /// <inheritdoc/>
    protected override Judgement Judge(string reference, string response)
    {
        ReadOnlySpan<char> answer = LastBox(response);
        if (answer.IsEmpty) return Verdict.Incorrect;
        ReadOnlySpan<char> expected = Plain(reference);
        bool isNumber = AnswerNumber.TryParse(answer, out decimal given);
        bool isEqual = Plain(answer).Equals(expected, StringComparison.Ordinal)
            || (isNumber && AnswerNumber.TryParse(expected, out decimal wanted) && given == wanted);
        return new Judgement(isEqual ? Verdict.Correct : Verdict.Incorrect) { Answer = isNumber ? AnswerNumber.Plain(given) : Plain(answer).ToString() };
    }

    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> text) => text.Trim().TrimEnd('.').Trim("$ \t\r\n");

    /// <summary>The content of the last box, or nothing where it is absent or unclosed: an earlier box is not what the response ends on.</summary>
    private static ReadOnlySpan<char> LastBox(ReadOnlySpan<char> text)
    {
        int at = text.LastIndexOf(Box, StringComparison.Ordinal);
        if (at < 0) return default;
        ReadOnlySpan<char> inside = text[(at + Box.Length)..];
        int depth = 1, i = 0;
        for (; i < inside.Length && depth > 0; i++) depth += inside[i] switch { '{' => 1, '}' => -1, _ => 0 };
        return depth == 0 ? inside[..(i - 1)] : default;
    }
}
