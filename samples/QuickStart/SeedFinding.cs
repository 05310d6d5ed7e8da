using Mel.Evaluation;

namespace Mel.Samples.QuickStart;

/// <summary>What the differences between two variants say, one difference per seed.</summary>
/// <param name="Differences">The second variant minus the first, seed by seed.</param>
internal sealed record SeedFinding(IReadOnlyList<double> Differences)
{
    public double Mean => Differences.Average();

    /// <summary>95 % interval of the mean by Student's t; NaN for one seed.</summary>
    public (double Low, double High) Interval => ConfidenceInterval.Student(Differences);

    /// <summary>Only an interval that leaves out 0 is a verdict.</summary>
    public string Verdict => Interval switch
    {
        { Low: > 0 } => "better",
        { High: < 0 } => "worse",
        _ => "no verdict",
    };

    public override string ToString()
        => Differences.Count < 2
            ? $"{100 * Mean:+0.0;-0.0;0.0} points of Pass@1 with one seed: no verdict."
            : $"{100 * Mean:+0.0;-0.0;0.0} points of Pass@1, 95 % interval {100 * Interval.Low:+0.0;-0.0;0.0} to "
                + $"{100 * Interval.High:+0.0;-0.0;0.0}: {Verdict}.";
}
