using Mel.Report;
using Mel.Terminal;
using Spectre.Console;

namespace Mel.Tool.Runs;

/// <summary>Compares kinds of runs: a column of figures for each, and its curves with a band over the seeds.</summary>
internal sealed class RunComparison
{
    private const int LastSteps = 10;

    private readonly RunGroup[] _groups;

    /// <param name="paths">Folders of runs, or folders that hold some.</param>
    public RunComparison(IReadOnlyList<string> paths) => _groups = Load(paths);

    public void Write(IAnsiConsole console, IReadOnlyList<string> asked, string? output, ChartOptions look)
    {
        string[] figures = asked.Count > 0 ? [.. asked] : [.. _groups.SelectMany(g => g.Runs).SelectMany(r => r.Main).Distinct()];
        console.WriteComparison(
            ["", .. _groups.Select(g => g.Name)], [Row("steps", run => run.Steps.Count), .. figures.Select(name => Row(name, run => Last(run, name)))]);
        string seeds = _groups.Any(g => g.Runs.Count > 1) ? "; of several seeds their mean, then lowest..highest" : "";
        console.WriteLine($"Mean of the last {LastSteps} steps that have the figure{seeds}.");
        if (output is null) return;
        foreach (string figure in figures) Pictures.Curves(output, figure, _groups, look);
        console.WriteLine($"{Pictures.Count(figures.Length)}: {output}");

        string[] Row(string name, Func<RunFigures, double> value) => [name, .. _groups.Select(group => Cell([.. group.Runs.Select(value)]))];
    }

    /// <summary>Runs that lie side by side are of one kind and differ in their seed; a folder that was named itself is a kind of its own.</summary>
    private static RunGroup[] Load(IReadOnlyList<string> paths)
    {
        ILookup<string, string> kinds = paths.SelectMany(path => RunFolder.Find(path) is [var one] ? [(Kind: one, Run: one)]
            : RunFolder.Find(path).Select(run => (Kind: Path.GetDirectoryName(run)!, Run: run))).Distinct().ToLookup(k => k.Kind, k => k.Run);
        IReadOnlyList<string> names = RunFolder.NamesOf([.. kinds.Select(k => k.Key)]);
        return [.. kinds.Zip(names, (kind, name) => new RunGroup(name, [.. kind.Select(run => RunFigures.Load(run))]))];
    }

    private static double Last(RunFigures run, string name)
    {
        double[] values = [.. run.Values(name).Where(double.IsFinite).TakeLast(LastSteps)];
        return values.Length == 0 ? double.NaN : values.Average();
    }

    private static string Cell(double[] values)
    {
        double[] own = [.. values.Where(double.IsFinite)];
        return own.Length switch
        {
            0 => "-",
            _ when own.Min() == own.Max() => Text(own[0]),
            _ => $"{Text(own.Average())} {Text(own.Min())}..{Text(own.Max())}",
        };
    }

    private static string Text(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e6 ? $"{value:F0}" : Math.Abs(value) switch
    {
        >= 1000 => $"{value:F0}",
        >= 0.001 => $"{value:0.###}",
        _ => $"{value:0.##e+0}",
    };
}
