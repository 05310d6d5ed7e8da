namespace Mel.Verifiers.Extraction;

/// <summary>Pairs of braces.</summary>
internal static class Braces
{
    // no answer is longer
    private const int Longest = 1 << 15;

    /// <summary>Index of the brace that closes the one at <paramref name="open"/>, or -1.</summary>
    public static int CloseOf(ReadOnlySpan<char> text, int open)
    {
        text = text[..Math.Min(text.Length, open + Longest)];
        int depth = 0, at = open;
        while (at < text.Length)
        {
            int next = text[at..].IndexOfAny('\\', '{', '}');
            if (next < 0) return -1;
            at += next;
            switch (text[at])
            {
                case '\\': at++; break;
                case '{': depth++; break;
                default:
                    if (--depth == 0) return at;
                    break;
            }
            at++;
        }
        return -1;
    }
}
