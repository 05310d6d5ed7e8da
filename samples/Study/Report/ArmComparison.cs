namespace Mel.Samples.Study;

/// <summary>Compares two arms in a world, seed by seed: after as many steps, or after as much compute.</summary>
/// <param name="data">The rows.</param>
/// <param name="arm">The arm that is better where a difference is positive.</param>
/// <param name="reference">The arm it is compared with.</param>
internal sealed class ArmComparison(StudyData data, Arm arm, Arm reference)
{
    public Arm Arm => arm;

    public Arm Reference => reference;

    /// <summary>Both after the same number of steps.</summary>
    public PairedFinding AtSteps(StudyWorld world, int steps) => At(world, steps, steps);

    /// <summary>
    /// Both after the compute of some steps of the arm. Where the reference would need more than its run has, both after the compute of the whole run of the
    /// reference.
    /// </summary>
    public PairedFinding AtCompute(StudyWorld world, int steps)
    {
        double budget = Math.Min(data.Costs.Seconds(arm, steps), data.Costs.Seconds(reference, Plan.Steps));
        return At(world, data.Costs.Steps(arm, budget), data.Costs.Steps(reference, budget));
    }

    private PairedFinding At(StudyWorld world, double armSteps, double referenceSteps)
    {
        if (!double.IsFinite(armSteps) || !double.IsFinite(referenceSteps)) return new PairedFinding([]);
        IReadOnlyDictionary<ulong, RunRow> others = data.Of(world, reference);
        return new PairedFinding(
        [
            .. from run in data.Of(world, arm)
               where others.ContainsKey(run.Key)
               let difference = data.GreedyAt(world, run.Value, armSteps) - data.GreedyAt(world, others[run.Key], referenceSteps)
               where difference is not null
               select difference.Value,
        ]);
    }
}
