namespace Mel.Samples.Study;

/// <summary>When the runs of an arm reach an accuracy: the median over the seeds, those that never did counted as later than all others.</summary>
/// <param name="Seeds">Number of runs.</param>
/// <param name="Reached">Number of runs that reached it.</param>
/// <param name="Steps">Median number of steps; infinite where fewer than half of the runs reached it.</param>
/// <param name="Seconds">What those steps cost; NaN where the arm was not measured.</param>
internal sealed record Milestone(int Seeds, int Reached, double Steps, double Seconds)
{
    public static Milestone Of(StudyData data, StudyWorld world, Arm arm, double accuracy)
    {
        double[] steps = [.. data.Of(world, arm).Values.Select(row => Crossing(row, data.BaseOf(world)?.Greedy[0] ?? double.NaN, accuracy)).Order()];
        if (steps.Length == 0) return new Milestone(0, 0, double.NaN, double.NaN);
        double median = (steps[(steps.Length - 1) / 2] + steps[steps.Length / 2]) / 2;
        return new Milestone(steps.Length, steps.Count(double.IsFinite), median, double.IsFinite(median) ? data.Costs.Seconds(arm, median) : double.NaN);
    }

    /// <summary>The step at which a run first has the accuracy, between evaluations along a straight line.</summary>
    private static double Crossing(RunRow row, double start, double accuracy)
    {
        (double step, double value) before = (0, start);
        foreach ((int step, double value) in row.EvaluatedSteps.Zip(row.Greedy))
        {
            if (value >= accuracy)
                return double.IsFinite(before.value) ? before.step + ((step - before.step) * (accuracy - before.value) / (value - before.value)) : step;
            before = (step, value);
        }

        return double.PositiveInfinity;
    }
}
