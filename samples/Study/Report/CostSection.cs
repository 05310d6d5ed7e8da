namespace Mel.Samples.Study;

/// <summary>Processor seconds per step of every arm.</summary>
internal sealed class CostSection(StudyData data)
{
    public IEnumerable<string> Lines() =>
    [
        "## Cost", "",
        .. Markdown.Text(
            "Processor seconds per step of runs alone, all arms in turn in one process on one thread, evaluations left out; relative to GRPO "
            + "of the same round, with the lowest and the highest round."),
        .. Markdown.Table(
            ["arm", "rounds", "seconds a step, 60 steps", "relative, 20 steps", "30 steps", "60 steps"],
            from arm in CostCommand.Arms
            where data.Costs.Rounds(arm) > 0
            select (IReadOnlyList<string>)
            [
                arm.Title, $"{data.Costs.Rounds(arm)}", Markdown.Number(data.Costs.Seconds(arm, Plan.Steps) / Plan.Steps, "0.000"),
                Ratio(arm, 20), Ratio(arm, 30), Ratio(arm, Plan.Steps),
            ]),
    ];

    private string Ratio(Arm arm, int steps)
    {
        (double mean, double low, double high) = data.Costs.Ratio(arm, ArmList.Grpo, steps);
        return double.IsNaN(mean) ? Markdown.Missing
            : $"{Markdown.Number(mean, "0.00")} ({Markdown.Number(low, "0.00")} to {Markdown.Number(high, "0.00")})";
    }
}
