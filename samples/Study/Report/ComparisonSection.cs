namespace Mel.Samples.Study;

/// <summary>Every comparison in every world, early, in the middle and late, at equal steps and at equal compute.</summary>
internal sealed class ComparisonSection(StudyData data)
{
    public IEnumerable<string> Lines() =>
    [
        "## All comparisons", "",
        .. Markdown.Text(
            "Points of Pass@1. Equal compute gives both arms the processor seconds that the steps cost the first; where the second would need "
            + "more than its run has, both get the seconds of its whole run. *All* takes the three worlds of the standard shape together."),
        .. Claims.All.SelectMany(Table),
    ];

    private IEnumerable<string> Table((Arm Arm, Arm Reference) claim)
    {
        StudyWorld[] worlds = [.. data.WorldsOf(claim.Arm, claim.Reference)];
        if (worlds.Length == 0) return [$"**{claim.Arm.Title} – {claim.Reference.Title}**: no runs yet.", ""];
        ArmComparison comparison = new(data, claim.Arm, claim.Reference);
        StudyWorld[] standard = [.. worlds.Intersect([StudyWorld.Standard, StudyWorld.Second, StudyWorld.Third])];
        List<IReadOnlyList<string>> rows = [.. worlds.Select(w => Row(w.Title, f => f(comparison, w)))];
        if (standard.Length > 1) rows.Add(Row("all", f => PairedFinding.Pooled(standard.Select(w => f(comparison, w)))));
        return
        [
            $"**{claim.Arm.Title} – {claim.Reference.Title}**", "",
            .. Markdown.Table(
                ["world", "n", "20 steps", "30 steps", $"{Plan.Steps} steps", "compute of 20", "compute of 30", $"compute of {Plan.Steps}"], rows),
        ];
    }

    private static IReadOnlyList<string> Row(string name, Func<Func<ArmComparison, StudyWorld, PairedFinding>, PairedFinding> find)
    {
        PairedFinding[] findings =
        [
            find((c, w) => c.AtSteps(w, 20)), find((c, w) => c.AtSteps(w, 30)), find((c, w) => c.AtSteps(w, Plan.Steps)),
            find((c, w) => c.AtCompute(w, 20)), find((c, w) => c.AtCompute(w, 30)), find((c, w) => c.AtCompute(w, Plan.Steps)),
        ];
        return [name, $"{findings.Max(f => f.Seeds)}", .. findings.Select(Markdown.Finding)];
    }
}
