using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mel.Report;

namespace Mel.Samples.Study;

/// <summary>
/// A picture of the page. Behind its last line stands a digest of what was drawn: text is measured by the fonts of a machine, so that the same figures may
/// give another file elsewhere, but never another digest.
/// </summary>
/// <param name="FileName">Its file.</param>
/// <param name="Title">What it shows.</param>
internal abstract record Picture(string FileName, string Title)
{
    private const string Metric = "value";

    /// <summary>Begins the SHA-256 of what is drawn.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{FileName}\n{Title}\n{string.Join('\n', Data())}")))[..16];

    /// <summary>The comment that ends the file.</summary>
    public string Seal => $"<!-- figures: {Digest} -->";

    public void Draw(string folder)
    {
        string path = Path.Combine(folder, FileName);
        DrawTo(path);
        File.AppendAllText(path, $"\n{Seal}\n");
    }

    protected abstract void DrawTo(string path);

    protected abstract IEnumerable<string> Data();

    private protected static string Text(double value) => Math.Round(value, 6).ToString(CultureInfo.InvariantCulture);

    /// <summary>Curves with a band from the lowest to the highest run.</summary>
    /// <param name="FileName">Its file.</param>
    /// <param name="Title">What it shows.</param>
    /// <param name="Value">Label of the vertical axis.</param>
    /// <param name="Lines">For each curve its name and its runs.</param>
    public sealed record Curves(string FileName, string Title, string Value, IReadOnlyList<(string Name, IReadOnlyList<Run> Runs)> Lines)
        : Picture(FileName, Title)
    {
        public string StepLabel { get; init; } = "step";

        public int Smoothing { get; init; } = 1;

        protected override void DrawTo(string path) => RunCharts.Curves(
            path, Metric,
            [.. Lines.Select(line => new RunGroup(line.Name, [.. line.Runs.Select(run => run.Figures())]))],
            new ChartOptions { Title = Title, ValueLabel = Value, StepLabel = StepLabel, Smoothing = Smoothing });

        protected override IEnumerable<string> Data()
            => [$"{Value} {StepLabel} {Smoothing}", .. from line in Lines from run in line.Runs select $"{line.Name}: {run}"];
    }

    /// <summary>Groups of bars with intervals.</summary>
    /// <param name="FileName">Its file.</param>
    /// <param name="Title">What it shows.</param>
    /// <param name="Value">Label of the vertical axis.</param>
    /// <param name="Categories">Names of the groups.</param>
    /// <param name="Series">For each color its name and its bars.</param>
    public sealed record Bars(string FileName, string Title, string Value, IReadOnlyList<string> Categories, IReadOnlyList<ChartSeries> Series)
        : Picture(FileName, Title)
    {
        public int Width { get; init; } = 960;

        protected override void DrawTo(string path)
            => RunCharts.Bars(path, Categories, Series, new ChartOptions { Title = Title, ValueLabel = Value, Width = Width });

        protected override IEnumerable<string> Data() =>
        [
            Value, string.Join('|', Categories),
            .. from one in Series from bar in one.Bars select $"{one.Name}: {Text(bar.Value)} {Text(bar.Low)} {Text(bar.High)}",
        ];
    }

    /// <summary>A curve of one run.</summary>
    public sealed record Run(IReadOnlyList<int> Steps, IReadOnlyList<double> Values)
    {
        public RunFigures Figures() => RunFigures.Of("", Steps, new Dictionary<string, IReadOnlyList<double>> { [Metric] = Values });

        public override string ToString() => string.Join(' ', Steps.Zip(Values, (step, value) => $"{step} {Text(value)}"));
    }
}
