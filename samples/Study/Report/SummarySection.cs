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
        PairedFinding exact = Gain(ArmList.Memory, StudyWorld.Standard);
        (string Name, PairedFinding Gain)[] noisy =
        [
            ("free wording, no clusters", Gain(ArmList.MemoryReworded, StudyWorld.Standard)),
            ("free wording, clusters", Gain(ArmList.MemoryClusters, StudyWorld.Standard)),
            ("three names for every operator, in a world of its own", Gain(ArmList.Memory, StudyWorld.Noisy)),
            ("the same, clusters of embeddings", Gain(ArmList.MemoryEmbeddings, StudyWorld.Noisy)),
        ];
        return
        [
            .. Markdown.Text(
                "With noisy keys the memory was hoped to keep at least half of what it gains over GRPO with exact keys in the standard world, "
                + $"which is {Markdown.Points(exact.Mean)} points after 30 steps (n = {exact.Seeds}):"),
            .. Markdown.Table(
                ["keys", "n", "over GRPO after 30 steps", ""],
                noisy.Select(n => (IReadOnlyList<string>)
                [
                    n.Name, $"{n.Gain.Seeds}", Markdown.Finding(n.Gain),
                    n.Gain.Seeds < 2 || exact.Seeds < 2 ? "not measured" : n.Gain.Mean >= exact.Mean / 2 ? "reached" : "missed",
                ])),
        ];

        PairedFinding Gain(Arm arm, StudyWorld world) => new ArmComparison(data, arm, ArmList.Grpo).AtSteps(world, 30);
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
