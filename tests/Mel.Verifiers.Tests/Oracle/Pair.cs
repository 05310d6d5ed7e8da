namespace Mel.Verifiers.Tests.Oracle;

/// <summary>A gold, an answer, and whether they are the same by the oracle; the kind names the generator.</summary>
internal sealed record Pair(string Kind, string Gold, string Answer, bool Same);
