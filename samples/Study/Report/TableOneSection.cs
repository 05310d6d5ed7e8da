namespace Mel.Samples.Study;

/// <summary>Table 1 of the paper in miniature: a world takes the place of a benchmark, and sizes of model that of sizes of model.</summary>
internal sealed class TableOneSection(StudyData data)
{
    private static readonly Arm[] Rows =
        [ArmList.Grpo, ArmList.Equation7, ArmList.CorrectBuffer, ArmList.Memory, ArmList.Positive, ArmList.PositiveMemory, ArmList.PositiveFading];

    public IEnumerable<string> Lines() =>
    [
        "## Table 1 in miniature", "",
        "Percent; ± is half the 95 % interval over seeds.", "",
        .. StudyWorld.All.Where(w => Rows.Any(a => data.Of(w, a).Count > 0)).SelectMany(Table),
    ];

    private IEnumerable<string> Table(StudyWorld world) =>
    [
        $"**{world.Title}**, {world.Parameters:N0} parameters", "",
        .. Markdown.Table(
            ["", "n", "Pass@1, 30 steps", "Avg@8", "Pass@8", $"Pass@1, {Plan.Steps} steps", "Avg@8", "Pass@8"],
            Rows.Where(a => data.Of(world, a).Count > 0).Select(a => Row(world, a)).Prepend(Base(world))),
    ];

    private IReadOnlyList<string> Base(StudyWorld world) => data.BaseOf(world) is not { } row
        ? ["base", .. Enumerable.Repeat(Markdown.Missing, 7)]
        : ["base", "", Markdown.Percent(row.Greedy[0]), Markdown.Percent(row.AverageAt8[0]), Markdown.Percent(row.PassAt8[0]), "", "", ""];

    private IReadOnlyList<string> Row(StudyWorld world, Arm arm)
    {
        RunRow[] runs = [.. data.Of(world, arm).Values];
        return [arm.Title, $"{runs.Length}", .. At(30), .. At(Plan.Steps)];

        string[] At(int step) =>
        [
            Mean(r => data.GreedyAt(world, r, step)), Mean(r => Sampled(r, r.AverageAt8, step)), Mean(r => Sampled(r, r.PassAt8, step)),
        ];

        string Mean(Func<RunRow, double?> value) => Markdown.Percent([.. runs.Select(value).OfType<double>()]);
    }

    private static double? Sampled(RunRow row, IReadOnlyList<double> values, int step)
    {
        int at = row.SampledSteps.ToList().IndexOf(step);
        return at < 0 ? null : values[at];
    }
}
