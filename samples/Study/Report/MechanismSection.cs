namespace Mel.Samples.Study;

/// <summary>What the memory believed, how much of it was true, and how true single experiences were: what the arms never see.</summary>
internal sealed class MechanismSection(StudyData data)
{
    private static readonly int[] Shown = [5, 10, 15, 20, 30, 40, 50, 60];

    public IEnumerable<string> Lines() =>
    [
        "## Mechanism", "",
        "What the memory believes: keys with a consensus, and the percentage of them that is true. Single experiences: the percentage of heuristics that are true, in the ten",
        "steps up to the one named.", "",
        .. StudyWorld.All.SelectMany(World),
    ];

    private IEnumerable<string> World(StudyWorld world)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (Arm arm in Plan.Blocks.Where(b => b.World == world && b.Part != "selection").SelectMany(b => b.Arms).Distinct())
        {
            RunRow[] runs = [.. data.Of(world, arm).Values];
            RunRow[] remembering = [.. runs.Where(r => r.Trusted is not null)], writing = [.. runs.Where(r => r.Truth is not null)];
            if (remembering.Length > 0)
            {
                rows.Add([$"{arm.Title}: believed", $"{remembering.Length}", .. Shown.Select(s => Markdown.Number(Mean(remembering, r => r.Trusted![At(s)]), "0"))]);
                rows.Add([$"{arm.Title}: true", $"{remembering.Length}", .. Shown.Select(s => Markdown.Percent(Mean(remembering, r => r.TrustedTruth![At(s)])))]);
            }
            if (writing.Length > 0) rows.Add([$"{arm.Title}: experiences true", $"{writing.Length}", .. Shown.Select(s => Markdown.Percent(Mean(writing, r => Last(r.Truth!, s))))]);
        }

        return rows.Count == 0 ? [] : [$"**{world.Title}**", "", .. Markdown.Table(["", "n", .. Shown.Select(s => $"{s}")], rows)];
    }

    private static int At(int step) => (step / RunRecorder.Every) - 1;

    private static double? Last(IReadOnlyList<double?> steps, int until)
    {
        double[] known = [.. steps.Take(until).Skip(until - 10).OfType<double>()];
        return known.Length == 0 ? null : known.Average();
    }

    private static double Mean(IEnumerable<RunRow> runs, Func<RunRow, double?> value)
        => runs.Select(value).OfType<double>().DefaultIfEmpty(double.NaN).Average();
}
