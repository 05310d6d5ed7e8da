using System.Text.Json;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>Runs a check on every line of a JSON-lines file and fails with the names of the lines that did not pass it.</summary>
internal static class GoldenRows
{
    public static void Check(string file, Action<JsonElement> check)
    {
        var failures = new List<string>();
        int total = 0;
        foreach (string line in File.ReadLines(file).Where(line => line.Length > 0))
        {
            total++;
            using JsonDocument row = JsonDocument.Parse(line);
            try
            {
                check(row.RootElement);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failures.Add($"line {total} ({Name(row.RootElement)}): {e.Message}");
            }
        }
        TestContext.Out.WriteLine($"{Path.GetFileName(file)}: {total - failures.Count}/{total} rows");
        total.Should().BePositive("{0} must have rows", file);
        failures.Should().BeEmpty("every row of {0} must pass", file);
    }

    public static int[] Ids(JsonElement row) => [.. row.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];

    private static string Name(JsonElement row) =>
        row.TryGetProperty("id", out JsonElement id) || row.TryGetProperty("name", out id) ? id.GetString()! : row.GetProperty("ids").GetRawText();
}
