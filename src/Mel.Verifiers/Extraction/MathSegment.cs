namespace Mel.Verifiers.Extraction;

/// <summary>A piece of mathematics in a text: the content, and the span with its delimiters.</summary>
internal readonly record struct MathSegment(int OuterStart, int Start, int End, int OuterEnd);
