namespace Mel.Samples.Study;

/// <summary>
/// What the steps of an arm cost, in processor seconds of runs that had the machine for themselves. All of it was measured in the standard world with the
/// committed model; for other worlds it is an assumption.
/// </summary>
/// <param name="rows">The runs that measured.</param>
internal sealed class CostTable(IReadOnlyList<RunRow> rows)
{
    private readonly ILookup<string, RunRow> _byArm = rows.ToLookup(r => r.Arm);

    public int Rounds(Arm arm) => _byArm[arm.Name].Count();

    /// <summary>Seconds of the first steps, the mean over rounds; NaN where the arm was not measured, or not for so long.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="steps">Number of steps, which need not be whole.</param>
    public double Seconds(Arm arm, double steps)
    {
        double[] each = [.. _byArm[arm.Name].Select(row => Seconds(row, steps))];
        return each.Length == 0 ? double.NaN : each.Average();
    }

    /// <summary>Steps that an arm makes in some seconds; NaN where it was not measured for so long.</summary>
    public double Steps(Arm arm, double seconds)
    {
        double longest = _byArm[arm.Name].Select(row => (double)row.Steps).DefaultIfEmpty(0).Min(), low = 0, high = longest;
        if (!(Seconds(arm, longest) >= seconds)) return double.NaN;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (Seconds(arm, middle) < seconds) low = middle;
            else high = middle;
        }

        return high;
    }

    /// <summary>Cost of the first steps of an arm relative to those of another, the mean over the rounds that both were measured in, and its range.</summary>
    public (double Mean, double Low, double High) Ratio(Arm arm, Arm reference, double steps)
    {
        double[] ratios =
        [
            .. from row in _byArm[arm.Name]
               from other in _byArm[reference.Name]
               where row.Seed == other.Seed
               select Seconds(row, steps) / Seconds(other, steps),
        ];
        return ratios.Length == 0 ? (double.NaN, double.NaN, double.NaN) : (ratios.Average(), ratios.Min(), ratios.Max());
    }

    private static double Seconds(RunRow row, double steps)
    {
        if (steps > row.Steps) return double.NaN;
        if (steps <= 0) return 0;
        // Marks at every fifth step and at the last.
        int after = (int)Math.Ceiling(steps / RunRecorder.Every) - 1;
        double start = after * RunRecorder.Every, end = Math.Min(row.Steps, start + RunRecorder.Every), low = after == 0 ? 0 : row.Seconds[after - 1];
        return low + ((row.Seconds[after] - low) * (steps - start) / (end - start));
    }
}
