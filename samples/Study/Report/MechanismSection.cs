namespace Mel.Samples.Study;

/// <summary>What the memory believed, how much of it was true, and how true single experiences were: what the arms never see.</summary>
internal sealed class MechanismSection(StudyData data)
{
    private static readonly int[] Shown = [5, 10, 15, 20, 30, 40, 50, 60];

    public IEnumerable<string> Lines() =>
    [
        "## Mechanism", "",
        .. Markdown.Text(
            "What the memory believes: keys with a consensus, and the percentage of them that is true. Single experiences: the percentage of "
            + "heuristics that are true, in the ten steps up to the one named."),
        .. StudyWorld.All.SelectMany(World),
        .. Gradients(),
    ];

    /// <summary>Where the gradient of each term points.</summary>
    private IEnumerable<string> Gradients()
    {
        const string cosine = "probe/cosine/", agreement = "probe/split_half/", norm = "probe/norm/";
        var rows =
            (from arm in ArmList.Probed
             let runs = data.ProbedOf(arm).Values.Where(r => r.Probe is not null).ToArray()
             where runs.Length > 0
             from name in runs[0].Probe!.Keys.Where(k => k.StartsWith(cosine, StringComparison.Ordinal)).Select(k => k[cosine.Length..])
             select (IReadOnlyList<string>)
             [
                 arm.Title, name, $"{runs.Length}", .. Values(runs, cosine + name), .. Values(runs, agreement + name), Values(runs, norm + name)[0],
             ]).ToArray();
        return
        [
            .. Markdown.Text(
                "Gradients, at the weights after steps 10, 20 and 30: the cosine of a term's gradient with that of the likelihood of 64 true "
                + "solutions of held-out questions, the cosine of its gradients of two halves of the step, and its norm before any scaling."),
            .. rows.Length == 0 ? ["No runs yet.", ""] : Markdown.Table(
                ["arm", "term", "n", "with the truth, 10", "20", "30", "of the halves, 10", "20", "30", "norm, 10"], rows),
        ];
    }

    private static string[] Values(RunRow[] runs, string name) =>
    [
        .. Enumerable.Range(0, 3).Select(i => Markdown.Number(
            Mean(runs, r => r.Probe!.TryGetValue(name, out IReadOnlyList<double>? values) && values.Count > i ? values[i] : null), "0.00")),
    ];

    private IEnumerable<string> World(StudyWorld world)
    {
        List<IReadOnlyList<string>> rows = [];
        foreach (Arm arm in data.ArmsOf(world))
        {
            RunRow[] runs = [.. data.Of(world, arm).Values];
            RunRow[] remembering = [.. runs.Where(r => r.Trusted is not null)], writing = [.. runs.Where(r => r.Truth is not null)];
            if (remembering.Length > 0)
            {
                rows.Add(Row("believed", remembering, s => Markdown.Number(Mean(remembering, r => r.Trusted![At(s)]), "0")));
                rows.Add(Row("true", remembering, s => Markdown.Percent(Mean(remembering, r => r.TrustedTruth![At(s)]))));
            }

            if (writing.Length > 0) rows.Add(Row("experiences true", writing, s => Markdown.Percent(Mean(writing, r => Last(r.Truth!, s)))));

            IReadOnlyList<string> Row(string what, RunRow[] of, Func<int, string> cell)
                => [$"{arm.Title}: {what}", $"{of.Length}", .. Shown.Select(cell)];
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
