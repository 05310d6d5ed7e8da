namespace Mel.Samples.Study;

/// <summary>Pass@1 by step as numbers; the pictures have the same.</summary>
internal sealed class CurveSection(StudyData data)
{
    private static readonly int[] Shown = [5, 10, 15, 20, 25, 30, 40, 50, 60];

    public IEnumerable<string> Lines() =>
    [
        "## Pass@1 by step", "",
        .. StudyWorld.All.SelectMany(World),
    ];

    private IEnumerable<string> World(StudyWorld world)
    {
        Arm[] arms = [.. data.ArmsOf(world)];
        if (arms.Length == 0) return [$"**{world.Title}**: no runs yet.", ""];
        return
        [
            $"**{world.Title}**", "",
            .. Markdown.Table(["", "n", .. Shown.Select(s => $"{s}")], arms.Select(a => Row(world, a))),
        ];
    }

    private IReadOnlyList<string> Row(StudyWorld world, Arm arm)
    {
        RunRow[] runs = [.. data.Of(world, arm).Values];
        return
        [
            arm.Title, $"{runs.Length}",
            .. Shown.Select(s => Markdown.Percent(runs.Select(r => data.GreedyAt(world, r, s)).OfType<double>().DefaultIfEmpty(double.NaN).Average())),
        ];
    }
}
