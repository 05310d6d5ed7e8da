using System.Text.Json;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>
/// A row of the reference files: a gold, a prediction or a whole response, and the expected verdict; also the verdict of Math-Verify 0.8.0 where that is known,
/// false for a row on which it hung.
/// </summary>
internal sealed record GoldenRow(string File, string Id, string? Gold, string Prediction, bool Expected, string Config, string Kind, bool IsResponse,
    string? ProblemId, bool? MathVerify)
{
    /// <summary>The rows of a file that expect a verdict nobody contests.</summary>
    public static IEnumerable<GoldenRow> Read(string path)
    {
        string file = Path.GetFileNameWithoutExtension(path);
        foreach (string line in System.IO.File.ReadLines(path))
        {
            if (line.Length == 0) continue;
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            if (Text(row, "contested") is { Length: > 0 }) continue;
            bool response = row.TryGetProperty("response", out JsonElement responseText);
            JsonElement expected = row.GetProperty(response ? "verdict" : "expected");
            if (expected.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) continue;
            string config = Text(row, "config") ?? "";
            string kind = response ? Text(row, "format") ?? "" : Value(config, "kind") ?? Value(config, "tag") ?? "";
            bool? peer = row.TryGetProperty("math_verify", out JsonElement verdict) ? verdict.ValueKind == JsonValueKind.True : null;
            yield return new GoldenRow(file, Text(row, "id")!, Text(row, "gold"), (response ? responseText : row.GetProperty("prediction")).GetString() ?? "",
                expected.GetBoolean(), config, kind, response, Text(row, "problem_id"), peer);
        }
    }

    /// <summary>A setting of the row's configuration, "key=value" pairs split by semicolons.</summary>
    public string? Setting(string key) => Value(Config, key);

    private static string? Value(string config, string key)
    {
        foreach (string pair in config.Split(';'))
            if (pair.StartsWith(key + "=", StringComparison.Ordinal)) return pair[(key.Length + 1)..];
        return null;
    }

    private static string? Text(JsonElement row, string name)
        => row.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
