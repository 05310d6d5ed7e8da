using Mel.Samples.Study;
using Mel.Samples.Tests.Docs;
using Mel.Testing;

namespace Mel.Samples.Tests.Study;

/// <summary>What is committed is what the rows give.</summary>
[TestFixture]
public sealed class StudyReportTests
{
    private static readonly string Folder = Path.Combine(Documents.Repository, "docs", "study");

    [Test]
    public void Page_IsTheOneThatItsRowsGive()
        => File.ReadAllText(Path.Combine(Documents.Repository, "docs", "study.md")).Should().Be(
            ReportCommand.Page(Folder, ReportCommand.Load(Folder)), "'dotnet run -c Release --project samples/Study -- report' writes it");

    [Test]
    public void Pictures_AreThoseOfTheFiguresThatTheRowsGive()
    {
        Picture[] pictures = [.. new StudyPictures(ReportCommand.Load(Folder)).All()];

        Directory.EnumerateFiles(Folder, "*.svg").Select(f => Path.GetFileName(f)).Should().BeEquivalentTo(pictures.Select(p => p.FileName));
        foreach (Picture picture in pictures)
            File.ReadAllText(Path.Combine(Folder, picture.FileName)).TrimEnd().Should().EndWith(picture.Seal, "{0} is drawn from the rows", picture.FileName);
    }

    [Test]
    public void Rows_AreOfThePlan()
    {
        StudyJob[] jobs = [.. Plan.Jobs()];
        IReadOnlyList<RunRow> rows = new RowFiles(Folder).Read();

        rows.Where(r => r.Part != CostCommand.Part && !jobs.Any(job => job.Is(r))).Should().BeEmpty("rows of settings that no arm has say nothing");
        rows.Select(r => (r.Part, r.Arm, r.World, r.Seed)).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void Report_NoRows_SaysSoEverywhere()
    {
        using TemporaryFolder folder = new();

        string page = ReportCommand.Page(folder.Path, ReportCommand.Load(folder.Path));

        page.Should().StartWith("# The study\n").And.Contain("0 of ").And.Contain("not measured").And.Contain("no runs yet").And.NotContain("NaN");
    }

    [Test]
    public void Report_SameRows_SamePageAndPictures()
    {
        using TemporaryFolder folder = new();
        RowFiles files = new(folder.Path);
        files.Append(Rows.Base(StudyWorld.Standard, .25));
        foreach (ulong seed in (ulong[])[102, 101])
        {
            double[] greedy = [.. Enumerable.Range(1, 12).Select(i => .25 + (.05 * i))];
            files.Append(Rows.Of(ArmList.Grpo, StudyWorld.Standard, seed, greedy));
            files.Append(Rows.Of(ArmList.Memory, StudyWorld.Standard, seed, [.. greedy.Select(g => g + .1)]));
        }

        string page = folder.File("study.md");
        string[] command = ["report", "--out", folder.Path, "--page", page];
        SampleProgram.Run("Mel.Samples.Study", command).Error.Should().BeEmpty();
        Dictionary<string, string> first = Contents();
        SampleProgram.Run("Mel.Samples.Study", command).ExitCode.Should().Be(0);

        Contents().Should().BeEquivalentTo(first);
        first.Keys.Should().Contain("world-standard.svg").And.Contain("ablations.svg");
        first["study.md"].Should().Contain("| standard | 2 | +10.0 (+10.0 to +10.0)")
            .And.Contain("![Pass@1 on held-out questions: standard](study/world-standard.svg)");

        Dictionary<string, string> Contents() => Directory.EnumerateFiles(folder.Path).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);
    }
}
