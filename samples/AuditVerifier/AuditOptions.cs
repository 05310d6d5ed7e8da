using Mel.Verifiers.Rules;

namespace AuditVerifier;

/// <summary>What the command line asks for.</summary>
/// <param name="Path">The file of JSON lines.</param>
/// <param name="Response">Column of the response.</param>
/// <param name="Gold">Column of the reference answer.</param>
/// <param name="Question">Column of the question; null for none.</param>
/// <param name="Second">Column with the verdict of another verifier; null for none.</param>
/// <param name="Extraction">Where the verifier looks for answers.</param>
/// <param name="Listed">Rows of each kind that are listed.</param>
internal sealed record AuditOptions(string Path, string Response, string Gold, string? Question, string? Second, ExtractionOptions Extraction, int Listed);
