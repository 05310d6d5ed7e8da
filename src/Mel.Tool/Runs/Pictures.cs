using Mel.Evaluation;
using Mel.Report;

namespace Mel.Tool.Runs;

/// <summary>Draws each picture as PNG and as SVG, under the name of its figure.</summary>
internal static class Pictures
{
    /// <summary>Name of the folder of pictures beside a page.</summary>
    public const string Folder = "pictures";

    private static readonly string[] Endings = [".png", ".svg"];

    public static string Count(int pictures) => pictures == 1 ? "1 picture" : $"{pictures} pictures";

    public static void Curves(string folder, string figure, IReadOnlyList<RunGroup> groups, ChartOptions look)
    {
        foreach (string ending in Endings) RunCharts.Curves(File(folder, figure, ending), figure, groups, look);
    }

    /// <summary>A group of bars for each figure that all evaluations have, in percent, each bar with its 95 % interval.</summary>
    public static void Bars(string folder, string name, IReadOnlyList<(string Name, IReadOnlyList<EvaluationFigure> Figures)> models, ChartOptions look)
    {
        string[] categories = [.. models[0].Figures.Select(f => f.Name).Where(f => models.All(m => m.Figures.Any(own => own.Name == f)))];
        ChartSeries[] series = [.. models.Select(m => new ChartSeries(m.Name, [.. categories.Select(c => Bar(m.Figures.First(f => f.Name == c)))]))];
        look.ValueLabel = "%";
        foreach (string ending in Endings) RunCharts.Bars(File(folder, name, ending), categories, series, look);
    }

    private static ChartBar Bar(EvaluationFigure figure) => double.IsNaN(figure.Interval.Low)
        ? new ChartBar(100 * figure.Mean)
        : new ChartBar(100 * figure.Mean, 100 * figure.Interval.Low, 100 * figure.Interval.High);

    // The name of a figure has slashes, and names from a file could have anything.
    private static string File(string folder, string figure, string ending)
        => Path.Combine(folder, string.Concat(figure.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-')) + ending);
}
