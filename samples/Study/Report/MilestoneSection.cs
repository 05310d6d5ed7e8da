namespace Mel.Samples.Study;

/// <summary>Steps and seconds until an accuracy.</summary>
internal sealed class MilestoneSection(StudyData data)
{
    private static readonly double[] Accuracies = [.8, .9];

    public IEnumerable<string> Lines() =>
    [
        "## Steps and seconds to .80 and .90", "",
        .. Markdown.Text(
            "Median over the seeds; runs that did not get there count as later than all others, and *reached* says how many did. Seconds are "
            + "those of one core, of the steps alone, on the machine of the cost runs and in the standard world."),
        .. StudyWorld.All.SelectMany(World),
    ];

    private IEnumerable<string> World(StudyWorld world)
    {
        Arm[] arms = [.. data.ArmsOf(world)];
        if (arms.Length == 0) return [];
        return
        [
            $"**{world.Title}**", "",
            .. Markdown.Table(
                ["", "n", .. Accuracies.SelectMany(a => (string[])[$"steps to {Markdown.Number(a, ".00")}", "seconds", "reached"])],
                arms.Select(arm => (IReadOnlyList<string>)[arm.Title, $"{data.Of(world, arm).Count}", .. Accuracies.SelectMany(a => Cells(world, arm, a))])),
        ];
    }

    private string[] Cells(StudyWorld world, Arm arm, double accuracy)
    {
        Milestone found = Milestone.Of(data, world, arm, accuracy);
        return [Markdown.Number(found.Steps, "0"), Markdown.Number(found.Seconds, "0.0"), $"{found.Reached}/{found.Seeds}"];
    }
}
