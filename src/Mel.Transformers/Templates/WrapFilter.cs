using System.Text.RegularExpressions;
using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>The filter <c>wordwrap</c>, which breaks lines as Python's <c>textwrap</c> does.</summary>
internal static partial class WrapFilter
{
    public static Value Wrap(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("wordwrap", 0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
        int width = values[0] is { } size ? Operators.Small(size) : 79;
        if (width <= 0) throw new PythonException($"invalid width {width} (must be > 0)");
        bool breaksWords = values[1]?.IsTrue ?? true, breaksHyphens = values[3]?.IsTrue ?? true;
        string between = values[2] is null or NoneValue ? "\n" : TextMethods.Text(values[2]!);
        string text = TextMethods.Text(value);
        rendering.Budget.ChargeText(text.Length * (4L + between.Length));
        List<string> lines = TextSplit.LinesOf(text);
        return new TextValue(string.Join(between, lines.Select(line => string.Join(between, Lines(line, width, breaksWords, breaksHyphens)))));
    }

    [GeneratedRegex("([\t\n\v\f\r ]+|(?<=[\\w!\"'&.,?])-{2,}(?=\\w)|[^\t\n\v\f\r ]+?(?:" +
        "-(?:(?<=[^\\d\\W]{2}-)|(?<=[^\\d\\W]-[\\w!\"'&.,?]-))(?=[^\\d\\W]-?[^\\d\\W])|(?=[\t\n\v\f\r ]|\\z)|(?<=[\\w!\"'&.,?])(?=-{2,}\\w)))")]
    private static partial Regex WithHyphens();

    [GeneratedRegex("([\t\n\v\f\r ]+)")]
    private static partial Regex WithoutHyphens();

    private static List<string> Lines(string text, int width, bool breaksWords, bool breaksHyphens)
    {
        var chunks = new Stack<string>((breaksHyphens ? WithHyphens() : WithoutHyphens()).Split(text).Where(chunk => chunk.Length > 0).Reverse());
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var line = new List<string>();
            int length = 0;
            if (lines.Count > 0 && string.IsNullOrWhiteSpace(chunks.Peek())) chunks.Pop();
            while (chunks.Count > 0 && length + CodePoints.Count(chunks.Peek()) <= width)
            {
                length += CodePoints.Count(chunks.Peek());
                line.Add(chunks.Pop());
            }

            if (chunks.Count > 0 && CodePoints.Count(chunks.Peek()) > width) length += BreakWord(chunks, line, length, width, breaksWords, breaksHyphens);
            if (line.Count > 0 && string.IsNullOrWhiteSpace(line[^1])) line.RemoveAt(line.Count - 1);
            if (line.Count > 0) lines.Add(string.Concat(line));
        }

        return lines;
    }

    private static int BreakWord(Stack<string> chunks, List<string> line, int length, int width, bool breaksWords, bool breaksHyphens)
    {
        int room = Math.Max(1, width - length);
        if (!breaksWords)
        {
            if (line.Count == 0) line.Add(chunks.Pop());
            return 0;
        }

        string chunk = chunks.Pop();
        int end = CodePoints.Offset(chunk, room);
        if (breaksHyphens && CodePoints.Count(chunk) > room)
        {
            int hyphen = chunk.LastIndexOf('-', end - 1);
            if (hyphen > 0 && chunk[..hyphen].Any(c => c != '-')) end = hyphen + 1;
        }

        line.Add(chunk[..end]);
        chunks.Push(chunk[end..]);
        return 0;
    }
}
