namespace Mel.Verifiers.Extraction;

/// <summary>The last pair of answer tags.</summary>
internal static class AnswerTags
{
    private const string Open = "<answer>", Close = "</answer>";

    public static ExtractedAnswer? Find(string text, int start, int end, Reading reading, out bool closed)
    {
        closed = false;
        ReadOnlySpan<char> region = text.AsSpan(start, end - start);
        int open = region.LastIndexOf(Open, StringComparison.Ordinal);
        if (open < 0) return null;
        open += Open.Length;
        int close = region[open..].IndexOf(Close, StringComparison.Ordinal);
        int stop = close < 0 ? region.Length : open + close;
        return Refinement.Refine(text, start + open, start + stop, reading, out closed);
    }
}
