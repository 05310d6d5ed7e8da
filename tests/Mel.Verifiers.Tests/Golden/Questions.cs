using System.Globalization;
using System.Text.Json;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>The questions that responses answer, by the problem id of a row: what <c>Prompt.Text</c> holds in a run. "file/0012" names an id,
/// "file/row012" a line.</summary>
internal sealed class Questions(string folder)
{
    private readonly Dictionary<string, (List<string> Lines, Dictionary<string, string> ById)> _files = [];

    public string? Of(string? problemId)
    {
        int slash = problemId?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        if (slash < 0) return null;
        string file = problemId![..slash], rest = problemId[(slash + 1)..];
        if (!_files.TryGetValue(file, out (List<string> Lines, Dictionary<string, string> ById) data))
            _files[file] = data = Load(Path.Combine(folder, file + ".jsonl"));
        if (data.ById.TryGetValue(problemId, out string? question)) return question;
        return rest.StartsWith("row", StringComparison.Ordinal) && int.TryParse(rest.AsSpan(3), CultureInfo.InvariantCulture, out int line)
            && line < data.Lines.Count ? data.Lines[line] : null;
    }

    private static (List<string>, Dictionary<string, string>) Load(string path)
    {
        List<string> lines = [];
        Dictionary<string, string> byId = new(StringComparer.Ordinal);
        if (!File.Exists(path)) return (lines, byId);
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            string question = document.RootElement.GetProperty("problem").GetString() ?? "";
            lines.Add(question);
            byId[document.RootElement.GetProperty("id").GetString() ?? ""] = question;
        }
        return (lines, byId);
    }
}
