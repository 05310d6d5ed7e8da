using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Diagnostics;
using Mel.Runtime;

namespace Mel.Report;

/// <summary>
/// Makes an HTML page of a run: its curves, its meta-experiences with their pairs and replays, and trajectories with their tokens colored by advantage. The
/// page is one file that opens without a server and asks nothing of a network. It can be made at any time, also of a run that is going on.
/// </summary>
/// <remarks>
/// The page is made of the files in the folder of the run: <c>metrics.jsonl</c>, and where they are there <c>experiences.jsonl</c> and <c>rollouts.jsonl</c>
/// (docs/records.md) and the configuration in <c>run.json</c>. Texts of the model are shown as text and never run.
/// </remarks>
public static class RunPage
{
    private const string Template = "Mel.Report.Page.page.html", Placeholder = "/*DATA*/", ConfigurationFile = "run.json";

    private const int LongestLine = 16 << 20, MostRecords = 500, MostPoints = 2000, LargestConfiguration = 1 << 20;

    /// <summary>Writes the page of a run.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="path">The page; null writes <c>report.html</c> into the folder of the run.</param>
    /// <param name="name">What to call the run; null takes the name of the folder.</param>
    /// <returns>Where the page lies.</returns>
    /// <exception cref="InvalidDataException">The figures of the run are missing or unreadable; the message names file and line.</exception>
    /// <exception cref="IOException">The page cannot be written.</exception>
    public static string Write(string folder, string? path = null, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        path ??= Path.Combine(folder, "report.html");
        RunFigures figures = RunFigures.Load(folder, name);
        int every = Math.Max(1, (figures.Steps.Count + MostPoints - 1) / MostPoints);
        int[] kept = [.. Enumerable.Range(0, figures.Steps.Count).Where(i => i % every == 0 || i == figures.Steps.Count - 1)];
        JsonObject data = new()
        {
            ["name"] = figures.Name,
            ["summary"] = Summary(figures),
            ["main"] = new JsonArray([.. figures.Main.Select(figure => (JsonNode)figure)]),
            ["steps"] = new JsonArray([.. kept.Select(i => (JsonNode)figures.Steps[i])]),
            ["figures"] = new JsonObject(figures.Names.Select(figure => KeyValuePair.Create(figure, (JsonNode?)Column(figures.Values(figure), kept)))),
            ["experiences"] = Records(Path.Combine(folder, "experiences.jsonl")),
            ["rollouts"] = Records(Path.Combine(folder, "rollouts.jsonl")),
            ["configuration"] = Configuration(Path.Combine(folder, ConfigurationFile)),
        };
        // The default encoder writes < and & as escapes, so that no text of a model ends the element the data stands in.
        string page = Read(Template).Replace(Placeholder, data.ToJsonString(), StringComparison.Ordinal);
        File.WriteAllText(path, page, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private static string Summary(RunFigures figures)
    {
        if (figures.Steps.Count == 0) return "no step is done yet";
        double accuracy = figures.Values(MetricNames.Accuracy)[^1], tokens = figures.Values(MetricNames.Tokens)[^1];
        TimeSpan time = TimeSpan.FromSeconds(figures.Values(MetricNames.StepTime).Where(double.IsFinite).Sum());
        string[] known =
        [
            string.Create(CultureInfo.InvariantCulture, $"{figures.Steps[^1]} steps in {time:h\\:mm\\:ss}"),
            double.IsFinite(tokens) ? string.Create(CultureInfo.InvariantCulture, $"{tokens:#,0} tokens sampled") : "",
            double.IsFinite(accuracy) ? string.Create(CultureInfo.InvariantCulture, $"{100 * accuracy:F1}\u00a0% right in the last step") : "",
        ];
        return string.Join(", ", known.Where(text => text.Length > 0));
    }

    private static JsonArray Column(IReadOnlyList<double> values, int[] kept)
        => new([.. kept.Select(i => double.IsFinite(values[i]) ? (JsonNode)values[i] : null)]);

    // The last records of a file, the last step first and the records of a step in their order; what is no record, or half written, is left out.
    private static JsonArray Records(string file)
    {
        Queue<JsonObject> last = new();
        if (!File.Exists(file)) return [];
        InvalidDataException Fault(string problem, Exception? inner = null) => new(Excerpt.Message($"{file}: {problem}"), inner);
        using FileStream stream = RegularFile.Open(file, Fault, FileShare.ReadWrite);
        foreach (ReadOnlyMemory<byte> line in BoundedLines.Of(stream, LongestLine, at => Fault($"line {at} has more than {LongestLine:N0} bytes.")))
        {
            try
            {
                if (JsonNode.Parse(line.Span) is not JsonObject record) continue;
                last.Enqueue(record);
                if (last.Count > MostRecords) last.Dequeue();
            }
            catch (JsonException)
            {
                // being written
            }
        }

        return new JsonArray([.. last.OrderByDescending(record => record["step"] is JsonValue value && value.TryGetValue(out int step) ? step : 0)]);
    }

    private static JsonNode? Configuration(string file)
    {
        if (!File.Exists(file)) return null;
        InvalidDataException Fault(string problem, Exception? inner = null) => new(Excerpt.Message($"{file}: {problem}"), inner);
        try
        {
            return JsonNode.Parse(RegularFile.Read(file, LargestConfiguration, Fault).Span);
        }
        catch (JsonException e)
        {
            throw Fault($"it is no JSON ({Excerpt.Of(e.Message, 200)}).", e);
        }
    }

    private static string Read(string resource)
    {
        using Stream stream = typeof(RunPage).Assembly.GetManifestResourceStream(resource)!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
