using System.Text.RegularExpressions;
using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;

namespace Mel.Report;

/// <summary>A picture in the house's look: few lines, a palette that color-blind readers tell apart, and patterns for readers in grey.</summary>
internal sealed partial class Canvas : IDisposable
{
    // Okabe and Ito, "Color Universal Design" (2008), without the yellow, which is lost on white.
    private static readonly Color[] Palette = [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F7F7F" }.Select(Color.FromHex)];

    private static readonly LinePattern[] Patterns = [LinePattern.Solid, LinePattern.Dashed, LinePattern.Dotted, LinePattern.DenselyDashed];

    private readonly Plot _plot = new();
    private readonly ChartOptions _options;
    private readonly Color _ink, _paper;

    public Canvas(ChartOptions options)
    {
        _options = options;
        (_ink, _paper) = options.Dark ? (Color.FromHex("#D8DEE9"), Color.FromHex("#14181F")) : (Color.FromHex("#24292F"), Colors.White);
        _plot.FigureBackground.Color = _paper;
        _plot.DataBackground.Color = _paper;
        _plot.Axes.Color(_ink);
        _plot.Grid.MajorLineColor = _ink.WithAlpha(.12);
        _plot.Legend.BackgroundColor = _paper.WithAlpha(.85);
        _plot.Legend.FontColor = _ink;
        _plot.Legend.OutlineColor = Colors.Transparent;
        _plot.Legend.ShadowColor = Colors.Transparent;
        _plot.Legend.FontSize = 15;
        foreach (IAxis edge in (ReadOnlySpan<IAxis>)[_plot.Axes.Top, _plot.Axes.Right])
        {
            edge.FrameLineStyle.Width = 0;
            edge.MinimumSize = 18;
        }
    }

    public void Curve(int index, string name, IReadOnlyList<Band> bands)
    {
        Color color = Palette[index % Palette.Length];
        double[] steps = [.. bands.Select(b => (double)b.Step)];
        if (bands.Any(b => b.High > b.Low))
        {
            FillY fill = _plot.Add.FillY(steps, [.. bands.Select(b => b.Low)], [.. bands.Select(b => b.High)]);
            fill.FillColor = color.WithAlpha(_options.Dark ? .22 : .16);
            fill.LineColor = Colors.Transparent;
        }

        Scatter line = _plot.Add.Scatter(steps, [.. bands.Select(b => b.Mean)], color);
        line.LegendText = name;
        line.LineWidth = 2.5f;
        line.LinePattern = Patterns[index % Patterns.Length];
        line.MarkerSize = bands.Count == 1 ? 8 : 0;
        _plot.Axes.Bottom.TickGenerator = new NumericAutomatic { IntegerTicksOnly = true, TickDensity = .5 };
    }

    public void Bars(IReadOnlyList<string> categories, IReadOnlyList<ChartSeries> series)
    {
        double width = .8 / Math.Max(1, series.Count);
        foreach ((int s, ChartSeries one) in series.Index())
        {
            Bar[] bars = [.. one.Bars.Select((bar, c) => new Bar
            {
                Position = c + ((s - ((series.Count - 1) / 2.0)) * width), Value = bar.Value, Size = width * .92, LineWidth = 0,
                FillColor = Palette[s % Palette.Length],
            })];
            _plot.Add.Bars(bars).LegendText = one.Name;
            foreach ((int c, ChartBar bar) in one.Bars.Index())
            {
                if (bar.High <= bar.Low) continue;
                ErrorBar interval = new([bars[c].Position], [bar.Value], null, null, [bar.Value - bar.Low], [bar.High - bar.Value]);
                _plot.PlottableList.Add(interval);
                interval.Color = _ink;
                interval.LineWidth = 1.5f;
                interval.CapSize = 4;
            }
        }

        _plot.Axes.Bottom.TickGenerator = new NumericManual([.. Enumerable.Range(0, categories.Count).Select(i => (double)i)], [.. categories]);
        _plot.Axes.Bottom.MajorTickStyle.Length = 0;
        // Bars stand on the axis, unless one of them hangs from it.
        if (series.SelectMany(one => one.Bars).All(bar => Math.Min(bar.Value, bar.Low) >= 0)) _plot.Axes.Margins(bottom: 0);
    }

    public void Axes(string horizontal, string vertical)
    {
        _plot.XLabel(horizontal, 15);
        _plot.YLabel(vertical, 15);
        if (_options.Title.Length > 0) _plot.Title(_options.Title, 18);
        _plot.Axes.Title.Label.ForeColor = _ink;
        _plot.Axes.Bottom.TickLabelStyle.FontSize = _plot.Axes.Left.TickLabelStyle.FontSize = 14;
        _plot.ShowLegend(Edge.Bottom);
    }

    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string ending = Path.GetExtension(path);
        if (ending is not (".png" or ".svg"))
            throw new ArgumentException($"'{path}' ends in '{ending}'; a picture is written as .png or .svg.", nameof(path));
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        if (ending == ".png") _plot.SavePng(path, _options.Width, _options.Height);
        else File.WriteAllText(path, Renumbered(_plot.GetSvgXml(_options.Width, _options.Height)));
    }

    /// <summary>Clips are numbered by the process, whatever it drew before; numbered by the picture, the same figures are the same file.</summary>
    private static string Renumbered(string svg)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        return Clip().Replace(svg, match => names.TryGetValue(match.Value, out string? name) ? name : names[match.Value] = $"cl_{names.Count + 1}");
    }

    [GeneratedRegex("(?<=[\"#])cl_[0-9a-f]+(?=[\")])")]
    private static partial Regex Clip();

    public void Dispose() => _plot.Dispose();
}
