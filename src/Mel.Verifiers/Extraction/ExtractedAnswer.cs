namespace Mel.Verifiers.Extraction;

/// <summary>What a rule found: the text to parse, and the span of the response it came from.</summary>
/// <param name="Text">The answer, joined by commas where it stands in several places.</param>
/// <param name="Start">Where the span begins in the response.</param>
/// <param name="End">Where the span ends.</param>
/// <param name="Rule">The rule that found it.</param>
internal readonly record struct ExtractedAnswer(string Text, int Start, int End, ExtractionRule Rule);
