using System.Text.Json;
using Mel.Diagnostics;
using Mel.Runtime;

namespace Mel.Report;

/// <summary>
/// The figures of a run by step, as its <c>metrics.jsonl</c> has them. The run may still be going on: a last line that is half written is left out.
/// </summary>
public sealed class RunFigures
{
    /// <summary>Name of the file in the folder of a run.</summary>
    public const string FileName = "metrics.jsonl";

    private const int LongestLine = 1 << 20, MostSteps = 1_000_000;

    private static readonly string[] Training =
    [
        MetricNames.Accuracy, MetricNames.Reward, MetricNames.Entropy, MetricNames.MeanLength, MetricNames.GradientNorm, MetricNames.MelRetention,
        MetricNames.MelNll, MetricNames.FractionZeroStd, MetricNames.Kl, MetricNames.StepTime, MetricNames.Throughput, MetricNames.ClipRatioHigh,
    ];

    private readonly Dictionary<string, double[]> _values;

    private RunFigures(string name, int[] steps, Dictionary<string, double[]> values) => (Name, Steps, _values) = (name, steps, values);

    /// <summary>The name of the run: that of its folder unless another was given.</summary>
    public string Name { get; }

    /// <summary>The steps, in the order of the file.</summary>
    public IReadOnlyList<int> Steps { get; }

    /// <summary>The names of all figures that occur, in the order in which they appear.</summary>
    public IReadOnlyCollection<string> Names => _values.Keys;

    /// <summary>The figures that a reader looks at first, as far as the run has them: those of training, then those of evaluations.</summary>
    public IReadOnlyList<string> Main => [.. Training.Concat(Names.Where(IsEvaluation)).Where(name => Values(name).Any(double.IsFinite))];

    /// <summary>A figure by step: one value for each of <see cref="Steps"/>, NaN where the step does not have it.</summary>
    /// <param name="metric">The name of the figure, for instance <c>accuracy</c>.</param>
    public IReadOnlyList<double> Values(string metric)
        => _values.TryGetValue(metric, out double[]? values) ? values : Enumerable.Repeat(double.NaN, Steps.Count).ToArray();

    /// <summary>Figures that did not come from a file.</summary>
    /// <param name="name">What to call the run.</param>
    /// <param name="steps">The steps, ascending.</param>
    /// <param name="figures">One value for each step, by the name of the figure; NaN where a step does not have it.</param>
    /// <exception cref="ArgumentException">A figure has more or fewer values than there are steps.</exception>
    public static RunFigures Of(string name, IReadOnlyList<int> steps, IReadOnlyDictionary<string, IReadOnlyList<double>> figures)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(steps);
        ArgumentNullException.ThrowIfNull(figures);
        foreach ((string figure, IReadOnlyList<double> values) in figures)
        {
            if (values.Count != steps.Count)
                throw new ArgumentException($"'{figure}' has {values.Count} values, but there are {steps.Count} steps; give one each.", nameof(figures));
        }

        RunFigures run = new(name, [.. steps], new Dictionary<string, double[]>(StringComparer.Ordinal));
        foreach ((string figure, IReadOnlyList<double> values) in figures) run._values.Add(figure, [.. values]);
        return run;
    }

    /// <summary>Reads the figures of a run.</summary>
    /// <param name="path">The folder of the run, or its file of figures.</param>
    /// <param name="name">What to call the run; null takes the name of the folder.</param>
    /// <exception cref="InvalidDataException">The file is missing or unreadable, or a line of it holds no figures; the message names file and line.</exception>
    public static RunFigures Load(string path, string? name = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        InvalidDataException Fault(string problem, Exception? inner = null) => new(Excerpt.Message($"{file}: {problem}"), inner);
        using FileStream stream = RegularFile.Open(file, Fault, FileShare.ReadWrite);
        List<int> steps = [];
        Dictionary<string, List<double>> columns = new(StringComparer.Ordinal);
        int number = 0;
        InvalidDataException? torn = null;
        foreach (ReadOnlyMemory<byte> line in BoundedLines.Of(stream, LongestLine, at => Fault($"line {at} has more than {LongestLine:N0} bytes.")))
        {
            number++;
            if (torn is not null) throw torn;
            if (line.IsEmpty) continue;
            if (steps.Count == MostSteps) throw Fault($"there are more than {MostSteps:N0} steps.");
            try
            {
                Add(line, steps, columns);
            }
            catch (Exception e) when (e is JsonException or InvalidDataException)
            {
                // Only the last line may be torn: it is being written.
                torn = Fault($"line {number} holds no figures of a step ({Excerpt.Of(e.Message, 200)}).", e);
            }
        }

        string folder = Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(file))) ?? file;
        return new RunFigures(name ?? folder, [.. steps], columns.ToDictionary(c => c.Key, c => Padded(c.Value, steps.Count), StringComparer.Ordinal));
    }

    private static void Add(ReadOnlyMemory<byte> line, List<int> steps, Dictionary<string, List<double>> columns)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("step", out JsonElement step)
            || step.ValueKind != JsonValueKind.Number || !step.TryGetInt32(out int at))
            throw new InvalidDataException("an object with a whole number 'step' is expected");
        foreach (JsonProperty figure in document.RootElement.EnumerateObject())
        {
            if (figure.NameEquals("step") || figure.Value.ValueKind != JsonValueKind.Number) continue;
            if (!columns.TryGetValue(figure.Name, out List<double>? column)) columns[figure.Name] = column = [];
            column.AddRange(Enumerable.Repeat(double.NaN, steps.Count - column.Count));
            column.Add(figure.Value.GetDouble());
        }

        steps.Add(at);
    }

    // One that stands beside the first step only is no curve.
    private static bool IsEvaluation(string name)
        => name.StartsWith("eval/", StringComparison.Ordinal) && !name.StartsWith("eval/start/", StringComparison.Ordinal)
            && !name.EndsWith("unverifiable", StringComparison.Ordinal);

    private static double[] Padded(List<double> column, int count) => [.. column, .. Enumerable.Repeat(double.NaN, count - column.Count)];
}
