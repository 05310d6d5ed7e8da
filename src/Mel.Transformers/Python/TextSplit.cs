using System.Buffers;

namespace Mel.Transformers.Python;

/// <summary>Methods of texts that cut them.</summary>
internal static class TextSplit
{
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029");

    public static Value Split(TextValue text, Arguments given, Budget budget, string name, bool fromEnd)
    {
        Value?[] values = given.Bind(name, 0, "sep", "maxsplit");
        int most = values[1] is { } limit ? Operators.Small(limit) : -1;
        if (most < 0) most = int.MaxValue;
        budget.ChargeText(text.Text.Length);
        List<string> parts;
        if (values[0] is null or NoneValue) parts = fromEnd ? WordsFromEnd(text.Text, most) : Words(text.Text, most);
        else
        {
            string separator = TextMethods.Text(values[0]!);
            if (separator.Length == 0) throw new PythonException("empty separator");
            parts = fromEnd ? AtFromEnd(text.Text, separator, most) : At(text.Text, separator, most);
        }

        budget.Charge(parts.Count);
        return new ListValue([.. parts.Select(text.With)]);
    }

    public static Value Lines(TextValue text, Arguments given, Budget budget)
    {
        bool keep = given.Bind("splitlines", 0, "keepends")[0]?.IsTrue == true;
        List<string> lines = LinesOf(text.Text, keep);
        budget.ChargeText(text.Text.Length);
        budget.Charge(lines.Count);
        return new ListValue([.. lines.Select(text.With)]);
    }

    /// <summary>The lines of a text, by all that Python calls the end of one.</summary>
    public static List<string> LinesOf(string text, bool keepEnds = false)
    {
        var lines = new List<string>();
        for (int from = 0; from < text.Length;)
        {
            int end = text.AsSpan(from).IndexOfAny(LineEnds);
            if (end < 0)
            {
                lines.Add(text[from..]);
                break;
            }

            end += from;
            int next = text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            lines.Add(text[from..(keepEnds ? next : end)]);
            from = next;
        }

        return lines;
    }

    public static Value Partition(TextValue text, Arguments given, Budget budget, string name, bool fromEnd)
    {
        string separator = TextMethods.Text(given.Bind(name, 1, "/sep")[0]!);
        if (separator.Length == 0) throw new PythonException("empty separator");
        budget.ChargeText(text.Text.Length);
        int at = fromEnd ? text.Text.LastIndexOf(separator, StringComparison.Ordinal) : text.Text.IndexOf(separator, StringComparison.Ordinal);
        string[] parts = at >= 0 ? [text.Text[..at], separator, text.Text[(at + separator.Length)..]] : fromEnd ? ["", "", text.Text] : [text.Text, "", ""];
        return new TupleValue([.. parts.Select(text.With)]);
    }

    /// <summary>The words between white space.</summary>
    public static List<string> Words(string text, int most = int.MaxValue)
    {
        var words = new List<string>();
        for (int i = 0; ;)
        {
            while (i < text.Length && CodePoints.IsSpace(text[i])) i++;
            if (i == text.Length) return words;
            int start = i;
            if (words.Count == most)
            {
                words.Add(text[start..]);
                return words;
            }

            while (i < text.Length && !CodePoints.IsSpace(text[i])) i++;
            words.Add(text[start..i]);
        }
    }

    private static List<string> WordsFromEnd(string text, int most)
    {
        var words = new List<string>();
        for (int i = text.Length; ;)
        {
            while (i > 0 && CodePoints.IsSpace(text[i - 1])) i--;
            if (i == 0) break;
            int end = i;
            if (words.Count == most)
            {
                words.Add(text[..end]);
                break;
            }

            while (i > 0 && !CodePoints.IsSpace(text[i - 1])) i--;
            words.Add(text[i..end]);
        }

        words.Reverse();
        return words;
    }

    private static List<string> At(string text, string separator, int most)
    {
        var parts = new List<string>();
        int from = 0;
        foreach (int at in TextSearch.Places(text, separator))
        {
            if (parts.Count == most) break;
            parts.Add(text[from..at]);
            from = at + separator.Length;
        }

        parts.Add(text[from..]);
        return parts;
    }

    private static List<string> AtFromEnd(string text, string separator, int most)
    {
        var parts = new List<string>();
        int end = text.Length;
        while (parts.Count < most)
        {
            int at = text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (at < 0) break;
            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }
}
