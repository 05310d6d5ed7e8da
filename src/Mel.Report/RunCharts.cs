namespace Mel.Report;

/// <summary>
/// Draws pictures of runs, as PNG or SVG by the ending of the file's name. Every line has a pattern of its own, so that they are told apart in grey.
/// </summary>
public static class RunCharts
{
    /// <summary>Draws a figure by step: the mean over the runs of each group, and a band from the lowest to the highest run.</summary>
    /// <param name="path">The picture, with the ending .png or .svg; its folder is made where there is none.</param>
    /// <param name="metric">The name of the figure, for instance <c>accuracy</c>.</param>
    /// <param name="groups">The runs.</param>
    /// <param name="options">How the picture looks; null takes the defaults.</param>
    /// <exception cref="ArgumentException">No run has the figure, or the ending is another one.</exception>
    /// <exception cref="IOException">The picture cannot be written.</exception>
    public static void Curves(string path, string metric, IReadOnlyList<RunGroup> groups, ChartOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(metric);
        ArgumentNullException.ThrowIfNull(groups);
        options ??= new ChartOptions();
        using Canvas canvas = new(options);
        bool any = false;
        foreach ((int i, RunGroup group) in groups.Index())
        {
            Band[] bands = group.Bands(metric, Math.Max(1, options.Smoothing));
            if (bands.Length == 0) continue;
            any = true;
            canvas.Curve(i, group.Runs.Count == 1 ? group.Name : $"{group.Name} ({group.Runs.Count} seeds)", bands);
        }

        if (!any)
        {
            string known = string.Join(", ", groups.SelectMany(g => g.Runs).SelectMany(r => r.Names).Distinct().Take(12));
            throw new ArgumentException($"No run has the figure '{metric}'; among those they have are: {known}.", nameof(metric));
        }

        canvas.Axes(options.StepLabel, options.ValueLabel ?? metric);
        canvas.Save(path);
    }

    /// <summary>Draws groups of bars side by side, for instance Pass@1, Avg@8 and Pass@8 of several models, with a line for each interval.</summary>
    /// <param name="path">The picture, with the ending .png or .svg.</param>
    /// <param name="categories">The names of the groups of bars, for instance <c>Pass@1</c>.</param>
    /// <param name="series">For each model its name and one bar per category.</param>
    /// <param name="options">How the picture looks; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A model has more or fewer bars than there are categories, or the ending is another one.</exception>
    /// <exception cref="IOException">The picture cannot be written.</exception>
    public static void Bars(string path, IReadOnlyList<string> categories, IReadOnlyList<ChartSeries> series, ChartOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(categories);
        ArgumentNullException.ThrowIfNull(series);
        if (series.FirstOrDefault(s => s.Bars.Count != categories.Count) is { } odd)
            throw new ArgumentException($"'{odd.Name}' has {odd.Bars.Count} bars, but there are {categories.Count} categories; give one each.", nameof(series));
        options ??= new ChartOptions();
        using Canvas canvas = new(options);
        canvas.Bars(categories, series);
        canvas.Axes("", options.ValueLabel ?? "");
        canvas.Save(path);
    }
}

/// <summary>The bars of one model.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Bars">A bar per category.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartBar> Bars);

/// <summary>A bar with its interval.</summary>
/// <param name="Value">Height of the bar.</param>
/// <param name="Low">Lower end of the interval; equal to the value for none.</param>
/// <param name="High">Upper end of the interval; equal to the value for none.</param>
public readonly record struct ChartBar(double Value, double Low, double High)
{
    /// <summary>A bar without an interval.</summary>
    /// <param name="value">Height of the bar.</param>
    public ChartBar(double value)
        : this(value, value, value)
    {
    }
}
