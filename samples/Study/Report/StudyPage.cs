namespace Mel.Samples.Study;

/// <summary>Writes <c>docs/study.md</c>: every number on it is computed from the rows, so that the same rows give the same page.</summary>
/// <param name="data">The rows.</param>
/// <param name="discussion">What people wrote about them, in Markdown; empty for nothing.</param>
internal sealed class StudyPage(StudyData data, string discussion)
{
    public string Write()
    {
        string[] lines =
        [
            "# The study", "",
            .. Markdown.Text(
                "Which use of meta-experiences is worth its cost? A few hundred small runs of the library's own trainer in the built-in world "
                + $"(docs/miniature.md) decide it here, where a run takes half a minute and every claim can have {Plan.FreshSeeds.Count} seeds. "
                + "Nothing on this page is typed by hand but the discussion at its end: `samples/Study` makes the runs, and writes the page and its "
                + "pictures out of their rows."),
            "```",
            "dotnet run -c Release --project samples/Study                 # every run that has no row yet; Ctrl-C, and the same command goes on",
            "dotnet run -c Release --project samples/Study -- cost         # processor seconds per step, on a quiet machine",
            "dotnet run -c Release --project samples/Study -- report       # this page, out of docs/study/*.jsonl",
            "```", "",
            .. Markdown.Text(
                $"{data.Count} of {Plan.Jobs().Count()} planned runs are in the rows. Differences are taken seed by seed: both arms of a pair saw "
                + "the same questions and began with the same weights. Intervals are 95 % (Student's t over seeds); p is two-sided, from the "
                + "sign-flip permutation test over seeds, and not corrected for the number of comparisons. With 8 seeds it cannot be below .008. A "
                + "dash is something that was not measured."),
            .. new SummarySection(data).Lines(), .. new DesignSection(data).Lines(), .. new TableOneSection(data).Lines(),
            .. new ComparisonSection(data).Lines(), .. new CurveSection(data).Lines(), .. new MilestoneSection(data).Lines(),
            .. new PictureSections(data).Lines(), .. new MechanismSection(data).Lines(), .. new SelectionSection(data).Lines(),
            .. new CostSection(data).Lines(),
            .. discussion.Length == 0 ? [] : discussion.TrimEnd().Split('\n'),
        ];
        return string.Join('\n', lines).TrimEnd() + "\n";
    }
}
