using System.Text;
using System.Text.Json;
using Mel.Runtime;

namespace Mel.Prompts;

/// <summary>Reads prompts from a file with one JSON object a line.</summary>
public static class JsonLinesPrompts
{
    /// <summary>Reads a whole file. Blank lines are passed over.</summary>
    /// <param name="path">A UTF-8 file whose lines have at most 16 MiB each.</param>
    /// <param name="columns">Which fields to read; the defaults where null.</param>
    /// <param name="limit">Largest number of rows to read, at least 1; null reads all.</param>
    /// <exception cref="PromptFormatException">
    /// A line is no JSON object, lacks a column, repeats an id, is too long or no text, or the file holds no row or is no regular file.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<Prompt> Load(string path, JsonLinesColumns? columns = null, int? limit = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (limit is { } rows) ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1, nameof(limit));
        columns ??= new JsonLinesColumns();
        if (!Path.Exists(path))
            throw new FileNotFoundException($"There is no prompt file '{path}'; give the path of a file with one JSON object a line.", path);
        using FileStream file = RegularFile.Open(path, Fault);
        try
        {
            List<Prompt> prompts = Read(path, file, columns, limit ?? int.MaxValue);
            return prompts.Count > 0 ? prompts : throw Fault("the file holds no row; at least one prompt is needed.");
        }
        catch (IOException e)
        {
            throw RegularFile.Unreadable(e, Fault);
        }

        PromptFormatException Fault(string problem, Exception? inner = null) => new(path, 0, problem, inner);
    }

    private static List<Prompt> Read(string path, FileStream file, JsonLinesColumns columns, int limit)
    {
        List<Prompt> prompts = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        int line = 0;
        foreach (ReadOnlyMemory<byte> read in BoundedLines.Of(file, FileLimits.LineBytes, TooLong))
        {
            ReadOnlyMemory<byte> text = ++line == 1 && read.Span.StartsWith(Encoding.UTF8.Preamble) ? read[Encoding.UTF8.Preamble.Length..] : read;
            if (prompts.Count == limit) break;
            if (IsBlank(text.Span)) continue;
            Prompt prompt = Read(path, line, text, columns);
            if (!ids.Add(prompt.Id))
                throw new PromptFormatException(
                    path, line, $"the id {Excerpt.Quoted(prompt.Id)} occurred before; ids must be distinct. Rename it, or map the id column to another field.");
            prompts.Add(prompt);
        }

        return prompts;

        PromptFormatException TooLong(int number)
            => new(path, number,
                $"the line has more than {FileLimits.LineBytes:N0} bytes, the most that are read. Is this a file with one JSON object a line?");
    }

    private static Prompt Read(string path, int line, ReadOnlyMemory<byte> text, JsonLinesColumns columns)
    {
        using JsonDocument document = UntrustedJson.Parse(text, Fault, duplicates: true);
        JsonElement row = document.RootElement;
        if (row.ValueKind != JsonValueKind.Object)
            throw new PromptFormatException(path, line, $"expected a JSON object, found a JSON {UntrustedJson.NameOf(row.ValueKind)}.");
        string id = Optional(row, columns.Id) ?? $"line-{line}";
        string question = Required(path, line, row, columns.Text);
        string answer = Required(path, line, row, columns.Answer);
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (string name in columns.Metadata)
        {
            if (Optional(row, name) is { } value) metadata[name] = value;
        }

        return metadata.Count == 0 ? new Prompt(id, question, answer) : new Prompt(id, question, answer) { Metadata = metadata };

        PromptFormatException Fault(string problem, Exception? inner = null)
            => new(path, line, $"expected a JSON object, found '{Start(text.Span)}': {problem}", inner);
    }

    private static string Required(string path, int line, JsonElement row, string column)
    {
        if (Optional(row, column) is { } value) return value;
        string present = string.Join(", ", row.EnumerateObject().Take(20).Select(p => Excerpt.Of(p.Name)));
        throw new PromptFormatException(
            path, line,
            $"the row has no text or number in column '{column}'; its columns are: {(present.Length > 0 ? present : "none")}. "
            + $"Map the column with {nameof(JsonLinesColumns)}.");
    }

    private static string? Optional(JsonElement row, string column) => !row.TryGetProperty(column, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        _ => null,
    };

    // A line of this many bytes that are blank in some other way than ASCII's is no line that anybody wrote.
    private static bool IsBlank(ReadOnlySpan<byte> text)
        => text.Trim(" \t\v\f"u8).IsEmpty || (text.Length <= 64 && string.IsNullOrWhiteSpace(Encoding.UTF8.GetString(text)));

    private static string Start(ReadOnlySpan<byte> text)
    {
        string start = Encoding.UTF8.GetString(text[..Math.Min(text.Length, 240)]);
        return start.Length <= 60 && text.Length <= 240 ? start : string.Concat(start.AsSpan(0, Math.Min(start.Length, 60)), "...");
    }
}
