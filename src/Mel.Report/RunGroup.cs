namespace Mel.Report;

/// <summary>Runs of one kind that differ in their seed: drawn as one curve with a band.</summary>
/// <param name="Name">What the legend calls them.</param>
/// <param name="Runs">The runs, one or more.</param>
public sealed record RunGroup(string Name, IReadOnlyList<RunFigures> Runs)
{
    /// <summary>A group of one run, under the run's own name.</summary>
    /// <param name="run">The run.</param>
    public static RunGroup Of(RunFigures run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new RunGroup(run.Name, [run]);
    }

    /// <summary>Mean, lowest and highest value of a figure over the runs, at every step where one of them has it.</summary>
    internal Band[] Bands(string metric, int smoothing)
    {
        SortedDictionary<int, List<double>> bySteps = [];
        foreach (RunFigures run in Runs)
        {
            double[] values = Smoothed(run.Values(metric), smoothing);
            for (int i = 0; i < values.Length; i++)
            {
                if (!double.IsFinite(values[i])) continue;
                if (!bySteps.TryGetValue(run.Steps[i], out List<double>? at)) bySteps[run.Steps[i]] = at = [];
                at.Add(values[i]);
            }
        }

        return [.. bySteps.Select(step => new Band(step.Key, step.Value.Average(), step.Value.Min(), step.Value.Max()))];
    }

    // Mean over the last steps, so that no point knows what comes after it.
    private static double[] Smoothed(IReadOnlyList<double> values, int window)
    {
        double[] smooth = new double[values.Count];
        for (int i = 0; i < smooth.Length; i++)
        {
            int from = Math.Max(0, i - window + 1);
            smooth[i] = double.IsFinite(values[i]) ? values.Skip(from).Take(i - from + 1).Where(double.IsFinite).Average() : double.NaN;
        }

        return smooth;
    }
}

/// <summary>A figure at one step over several runs.</summary>
internal readonly record struct Band(int Step, double Mean, double Low, double High);
