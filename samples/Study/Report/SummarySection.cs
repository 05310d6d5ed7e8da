namespace Mel.Samples.Study;

/// <summary>The goals and whether they were reached, then gains, nulls and harms in tables of one form.</summary>
internal sealed class SummarySection(StudyData data)
{
    public IEnumerable<string> Lines() =>
    [
        "## What came out", "",
        "The goals that were set before the runs, at equal compute:", "",
        .. Markdown.Table(
            ["goal", "world", "n", "difference", ""],
            from goal in Claims.Goals
            from world in goal.Worlds
            let finding = new ArmComparison(data, goal.Arm, goal.Reference).AtCompute(world, goal.Steps)
            select (IReadOnlyList<string>)[goal.Text, world.Title, $"{finding.Seeds}", Markdown.Finding(finding), goal.Verdict(finding)]),
        .. NoisyKeys(),
        .. Group(FindingKind.Gain, "Gains", "The interval leaves out 0 and p is below .05:"),
        .. Group(FindingKind.None, "Nulls", "No difference that these seeds could show:"),
        .. Group(FindingKind.Harm, "Harms", "Worse than what it is compared with:"),
    ];

    /// <summary>The last goal: with noisy keys at least half of the gain of exact ones.</summary>
    private string[] NoisyKeys()
    {
        ArmComparison memory = new(data, ArmList.Memory, ArmList.Grpo);
        PairedFinding exact = memory.AtCompute(StudyWorld.Standard, 30), noisy = memory.AtCompute(StudyWorld.Noisy, 30);
        if (exact.Seeds == 0 || noisy.Seeds == 0) return ["With noisy keys at least half of the gain of exact keys: not measured.", ""];
        return
        [
            $"With noisy keys at least half of the gain of exact keys: {Markdown.Points(noisy.Mean)} of {Markdown.Points(exact.Mean)} points at the compute of 30 steps,"
            + $" {(noisy.Mean >= exact.Mean / 2 ? "reached" : "missed")} (n = {noisy.Seeds} and {exact.Seeds}; each in a world of its own, so the two differ in more than keys).",
            "",
        ];
    }

    private IEnumerable<string> Group(FindingKind kind, string title, string text)
    {
        var rows =
            (from claim in Claims.All
             let comparison = new ArmComparison(data, claim.Arm, claim.Reference)
             from world in data.WorldsOf(claim.Arm, claim.Reference)
             let steps = comparison.AtSteps(world, 30)
             let compute = comparison.AtCompute(world, 30)
             let deciding = compute.Seeds > 0 ? compute : steps
             where deciding.Seeds > 1 && deciding.Kind == kind
             select (IReadOnlyList<string>)
             [
                 $"{claim.Arm.Title} – {claim.Reference.Title}", world.Title, $"{deciding.Seeds}", Markdown.Finding(steps), Markdown.Finding(compute),
             ]).ToArray();
        return rows.Length == 0
            ? [$"### {title}", "", "None.", ""]
            : [$"### {title}", "", text, "", .. Markdown.Table(["", "world", "n", "after 30 steps", "at the compute of 30 steps of the first"], rows)];
    }
}
