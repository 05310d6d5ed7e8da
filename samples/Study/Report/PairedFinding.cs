using Mel.Evaluation;

namespace Mel.Samples.Study;

/// <summary>What the differences between two arms say, one difference for each seed that both have.</summary>
/// <param name="Differences">The first arm minus the second, shares.</param>
internal sealed record PairedFinding(IReadOnlyList<double> Differences)
{
    public int Seeds => Differences.Count;

    public double Mean => Seeds == 0 ? double.NaN : Differences.Average();

    /// <summary>95 % interval of the mean by Student's t.</summary>
    public (double Low, double High) Interval => ConfidenceInterval.Student(Differences);

    /// <summary>Two-sided p-value of the sign-flip test.</summary>
    public double P => Seeds == 0 ? double.NaN : SignFlipTest.Of(Differences).TwoSided;

    /// <summary>A difference is one where the interval leaves out 0 and the test is below .05.</summary>
    public FindingKind Kind => Seeds < 2 || P >= .05 ? FindingKind.None : Interval switch
    {
        { Low: > 0 } => FindingKind.Gain,
        { High: < 0 } => FindingKind.Harm,
        _ => FindingKind.None,
    };

    /// <summary>The differences of several worlds, as if they were seeds of one.</summary>
    public static PairedFinding Pooled(IEnumerable<PairedFinding> findings) => new([.. findings.SelectMany(f => f.Differences)]);
}

/// <summary>What a finding says.</summary>
internal enum FindingKind
{
    None,
    Gain,
    Harm,
}
