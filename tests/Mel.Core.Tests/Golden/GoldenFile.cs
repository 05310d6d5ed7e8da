using System.Text.Json;

namespace Mel.Core.Tests.Golden;

/// <summary>A file of golden cases.</summary>
public static class GoldenFile
{
    public static IReadOnlyList<GoldenCase> Read(string path)
    {
        using FileStream stream = File.OpenRead(path);
        JsonElement root = JsonDocument.Parse(stream).RootElement;
        root.GetProperty("schema").GetString().Should().Be("mel-golden/1", "{0} must be of the schema this harness reads", path);
        GoldenCase[] cases = [.. root.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(c))];
        cases.Should().HaveCount(root.GetProperty("count").GetInt32(), "the file says how many cases it holds");
        return cases;
    }
}
