using System.Text;
using System.Text.Json;

namespace Mel.Prompts;

/// <summary>Reads prompts from a file with one JSON object a line.</summary>
public static class JsonLinesPrompts
{
    private const int MaxLineBytes = 16 << 20;

    /// <summary>Reads a whole file. Blank lines are passed over.</summary>
    /// <param name="path">A UTF-8 file.</param>
    /// <param name="columns">Which fields to read; the defaults where null.</param>
    /// <param name="limit">Largest number of rows to read, at least 1; null reads all.</param>
    /// <exception cref="PromptFormatException">A line is no JSON object, lacks a column, repeats an id, or the file holds no row.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="limit"/> is below 1.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static IReadOnlyList<Prompt> Load(string path, JsonLinesColumns? columns = null, int? limit = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (limit is { } rows) ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1, nameof(limit));
        columns ??= new JsonLinesColumns();
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no prompt file '{path}'; give the path of a file with one JSON object a line.", path);
        List<Prompt> prompts = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        int line = 0;
        foreach (string text in File.ReadLines(path, new UTF8Encoding(false, throwOnInvalidBytes: false)))
        {
            line++;
            if (prompts.Count == limit) break;
            if (string.IsNullOrWhiteSpace(text)) continue;
            if (text.Length > MaxLineBytes)
                throw new PromptFormatException(
                    path, line, $"the line has {text.Length} characters; at most {MaxLineBytes} are read. Is this a file with one JSON object a line?");
            Prompt prompt = Read(path, line, text, columns);
            if (!ids.Add(prompt.Id))
                throw new PromptFormatException(
                    path, line, $"the id '{prompt.Id}' occurred before; ids must be distinct. Rename it, or map the id column to another field.");
            prompts.Add(prompt);
        }

        if (prompts.Count == 0) throw new PromptFormatException(path, 0, "the file holds no row; at least one prompt is needed.");
        return prompts;
    }

    private static Prompt Read(string path, int line, string text, JsonLinesColumns columns)
    {
        try
        {
            using JsonDocument row = JsonDocument.Parse(text);
            if (row.RootElement.ValueKind != JsonValueKind.Object)
                throw new PromptFormatException(path, line, $"expected a JSON object, found {Describe(row.RootElement)}.");
            string id = Optional(row.RootElement, columns.Id) ?? $"line-{line}";
            string question = Required(path, line, row.RootElement, columns.Text);
            string answer = Required(path, line, row.RootElement, columns.Answer);
            Dictionary<string, string> metadata = new(StringComparer.Ordinal);
            foreach (string name in columns.Metadata)
            {
                if (Optional(row.RootElement, name) is { } value) metadata[name] = value;
            }

            return metadata.Count == 0 ? new Prompt(id, question, answer) : new Prompt(id, question, answer) { Metadata = metadata };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PromptFormatException(path, line, $"expected a JSON object, found '{Start(text)}'. {e.Message}", e);
        }
    }

    private static string Required(string path, int line, JsonElement row, string column)
    {
        if (Optional(row, column) is { } value) return value;
        string present = string.Join(", ", row.EnumerateObject().Take(20).Select(p => p.Name));
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

    private static string Describe(JsonElement element) => $"a JSON {element.ValueKind.ToString().ToLowerInvariant()}";

    private static string Start(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
