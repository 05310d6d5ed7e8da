namespace Mel.Verifiers.Extraction;

/// <summary>Walks through the <c>\boxed</c> and <c>\fbox</c> commands of a text.</summary>
internal static class BoxScanner
{
    private static readonly string[] Misspellings =
    [
        "\\oxed{", "\boxed{", "\\boxd{", "\\boxe{", "\\boxeed{", "\\boxex{", "\\bboxed{", "\\Boxed{", "\\BOXED{", "\\boxded{", "\\boxedd{", "\\boxes{",
        "\\box{",
    ];

    /// <summary>The first box that begins at or after a position.</summary>
    public static Box? Next(string text, int at, int start, int end)
    {
        while (at < end)
        {
            int found = text.AsSpan(at, end - at).IndexOf("box", StringComparison.Ordinal);
            if (found < 0) return null;
            found += at;
            bool framed = found - 2 >= start && text[found - 1] == 'f' && text[found - 2] == '\\';
            bool named = framed || text.AsSpan(found).StartsWith("boxed", StringComparison.Ordinal);
            if (named && At(text, framed ? found - 2 : found, start) is { } box) return box;
            at = found + 3;
        }
        return null;
    }

    /// <summary>The box whose name stands at a position.</summary>
    public static Box? At(string text, int at, int start)
    {
        int after, slash;
        if (text[at] == '\\') (slash, after) = (at, at + 5);
        else if (at > start && text[at - 1] == '\\') (slash, after) = (at - 1, at + 5);
        else return null;
        while (slash > start && text[slash - 1] == '\\') slash--;
        while (after < text.Length && text[after] == ' ') after++;
        if (after >= text.Length) return null;
        if (text[after] != '{')
        {
            // \boxed 5: up to the next space or dollar sign
            if (!char.IsAsciiLetterOrDigit(text[after]) && text[after] is not ('-' or '\\')) return null;
            int stop = after;
            while (stop < text.Length && text[stop] is not (' ' or '$' or '\n') && stop - after < 100) stop++;
            return new Box(slash, after, stop, stop);
        }
        int close = Braces.CloseOf(text, after);
        return close < 0
            ? new Box(slash, after + 1, text.Length, text.Length) { Braced = true }
            : new Box(slash, after + 1, close, close + 1) { Braced = true };
    }

    /// <summary>The last box whose command is misspelled or has lost a letter to an escape sequence.</summary>
    public static Box? Misspelled(string text, int start, int end)
    {
        ReadOnlySpan<char> region = text.AsSpan(start, end - start);
        if (!region.Contains("ox", StringComparison.Ordinal)) return null;
        int best = -1, length = 0;
        foreach (string command in Misspellings)
        {
            int at = region.LastIndexOf(command, StringComparison.Ordinal);
            if (at > best) (best, length) = (at, command.Length);
        }
        if (best < 0) return null;
        int open = start + best + length - 1, close = Braces.CloseOf(text, open);
        return close < 0 || close >= end ? null : new Box(start + best, open + 1, close, close + 1) { Braced = true };
    }

    /// <summary>Walks back through the boxes. Each of the two commands is searched for only when the last one found has been passed.</summary>
    public ref struct Backward(string text, int start, int end)
    {
        private int _boxed = int.MaxValue;
        private int _fbox = int.MaxValue;

        /// <summary>The last box that begins before a position, which never goes forward.</summary>
        public Box? Before(int at)
        {
            at = Math.Min(at, end);
            while (true)
            {
                if (_boxed >= at) _boxed = LastOf("boxed", at);
                if (_fbox >= at) _fbox = LastOf("\\fbox", at);
                int last = Math.Max(_boxed, _fbox);
                if (last < start) return null;
                if (At(text, last, start) is { } box) return box;
                at = last;
            }
        }

        private readonly int LastOf(string command, int at)
        {
            int found = at <= start ? -1 : text.AsSpan(start, at - start).LastIndexOf(command, StringComparison.Ordinal);
            return found < 0 ? int.MinValue : found + start;
        }
    }
}
