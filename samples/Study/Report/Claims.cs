namespace Mel.Samples.Study;

/// <summary>What the study set out to compare.</summary>
internal static class Claims
{
    /// <summary>Every comparison that the page makes in every world that has the runs: the goals first.</summary>
    public static IReadOnlyList<(Arm Arm, Arm Reference)> All { get; } =
    [
        (ArmList.Memory, ArmList.Grpo), (ArmList.Memory, ArmList.CorrectBuffer), (ArmList.PositiveMemory, ArmList.Positive),
        (ArmList.PositiveFading, ArmList.Positive), (ArmList.PositiveFading, ArmList.PositiveMemory), (ArmList.Positive, ArmList.Grpo),
        (ArmList.Positive, ArmList.Memory), (ArmList.Memory, ArmList.CorrectAttempts), (ArmList.Memory, ArmList.HeuristicBuffer),
        (ArmList.Memory, ArmList.StepHeuristics), (ArmList.MemoryUntil15, ArmList.Memory), (ArmList.MemoryReworded, ArmList.Grpo),
        (ArmList.MemoryClusters, ArmList.Grpo),
        (ArmList.MemoryClusters, ArmList.Memory), (ArmList.MemoryClusters, ArmList.CorrectBuffer), (ArmList.MemoryEmbeddings, ArmList.Grpo),
        (ArmList.MemoryEmbeddings, ArmList.Memory), (ArmList.CorrectAttempts, ArmList.Grpo),
        (ArmList.CorrectBuffer, ArmList.Grpo), (ArmList.HeuristicBuffer, ArmList.CorrectBuffer), (ArmList.StepHeuristics, ArmList.Grpo),
        (ArmList.Equation7, ArmList.Grpo), (ArmList.RftEquation7, ArmList.Rft), (ArmList.RftMemory, ArmList.Rft),
        (ArmList.ReinforcePlusPlusEquation7, ArmList.ReinforcePlusPlus), (ArmList.ReinforcePlusPlusMemory, ArmList.ReinforcePlusPlus),
        .. ArmList.Comparators.Select(a => (a, ArmList.Grpo)), .. ArmList.Comparators.Select(a => (ArmList.Memory, a)),
    ];

    /// <summary>What was hoped for before the runs, with the figure that decides it.</summary>
    public static IReadOnlyList<Goal> Goals { get; } =
    [
        new("memory over GRPO, at least +15 points at the compute of 30 memory steps, p < .01, in every world", ArmList.Memory, ArmList.Grpo, 30, .15, .01)
        {
            Worlds = [StudyWorld.Standard, StudyWorld.Second, StudyWorld.Third],
        },
        new("memory over the y+ buffer, at least +5 points at the compute of 30 memory steps", ArmList.Memory, ArmList.CorrectBuffer, 30, .05, .05)
        {
            Worlds = [StudyWorld.Standard, StudyWorld.Second, StudyWorld.Third],
        },
        new("memory over positive-only, at least +4 points at the compute of 30 steps, p < .05", ArmList.PositiveMemory, ArmList.Positive, 30, .04, .05),
        new("the same, and not worse at the end", ArmList.PositiveMemory, ArmList.Positive, Plan.Steps, 0, 1) { IsNoLoss = true },
        new(
            "the fading memory over positive-only, at least +4 points at the compute of 30 steps, p < .05", ArmList.PositiveFading, ArmList.Positive, 30, .04,
            .05),
        new("the same, and not worse at the end", ArmList.PositiveFading, ArmList.Positive, Plan.Steps, 0, 1) { IsNoLoss = true },
    ];
}

/// <summary>A gain that was hoped for.</summary>
/// <param name="Text">In words.</param>
/// <param name="Arm">The arm that should be better.</param>
/// <param name="Reference">The arm it is compared with, at equal compute.</param>
/// <param name="Steps">The steps of the arm whose compute both have.</param>
/// <param name="Gain">The smallest gain, a share.</param>
/// <param name="P">The p-value it must stay below.</param>
internal sealed record Goal(string Text, Arm Arm, Arm Reference, int Steps, double Gain, double P)
{
    public IReadOnlyList<StudyWorld> Worlds { get; init; } = [StudyWorld.Standard, StudyWorld.Operators];

    /// <summary>Whether it is enough that no loss was shown.</summary>
    public bool IsNoLoss { get; init; }

    public string Verdict(PairedFinding finding) => finding.Seeds switch
    {
        < 2 => "not measured",
        _ when IsNoLoss => finding.Kind == FindingKind.Harm ? "missed" : "reached",
        _ => finding.Mean >= Gain && finding.P < P ? "reached" : "missed",
    };
}
