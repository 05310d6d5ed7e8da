namespace Mel.Samples.Study;

/// <summary>The settings that were tried on the selection seeds, beside those that the arms have.</summary>
internal sealed class SelectionSection(StudyData data)
{
    public IEnumerable<string> Lines() =>
    [
        "## Tuned baselines", "",
        .. Markdown.Text(
            $"Learning rates and weights, tried for {Plan.SelectionSteps} steps on the selection seeds in the standard world. The arms above "
            + "were set by probes on the same seeds before these rows were made; where the table has a better setting than the arm, the arm is "
            + "not at its best. What is in *All comparisons* comes from fresh seeds."),
        .. Markdown.Table(
            ["", "n", "10 steps", "20 steps", "30 steps", "the arm's"],
            from arm in ArmList.Selection
            let runs = data.SelectionOf(arm).Values.ToArray()
            where runs.Length > 0
            select (IReadOnlyList<string>)
            [
                arm.Title, $"{runs.Length}",
                .. ((int[])[10, 20, 30]).Select(s => Markdown.Percent(runs.Select(r => data.GreedyAt(StudyWorld.Standard, r, s)!.Value).Average())),
                ArmList.Main.Any(a => a.Settings == arm.Settings) ? "yes" : "",
            ]),
    ];
}
