using System.Text.Json;
using Mel.Testing;

namespace Mel.Report.Tests;

[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RunPageTests : IDisposable
{
    private const string Opening = "<script type=\"application/json\" id=\"data\">";

    private readonly TemporaryFolder _folder = new();

    public RunPageTests()
    {
        File.WriteAllText(_folder.File("metrics.jsonl"), "{\"step\":1,\"accuracy\":0.25,\"step_time\":2}\n{\"step\":2,\"accuracy\":null,\"step_time\":3}\n");
    }

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Write_TextOfAModel_CannotLeaveTheData()
    {
        const string Hostile = "</script><script>alert(1)</script>\u2028<!--";
        File.WriteAllText(_folder.File("experiences.jsonl"), JsonSerializer.Serialize(new { step = 1, retained = true, heuristic = Hostile }) + "\n{\"step\":");
        string page = File.ReadAllText(RunPage.Write(_folder.Path));
        page.Should().NotContain("alert(1)</script>");
        JsonElement record = Data(page).GetProperty("experiences").EnumerateArray().Single();
        record.GetProperty("heuristic").GetString().Should().Be(Hostile);
    }

    [Test]
    public void Write_Figures_AreThoseOfTheRun()
    {
        JsonElement data = Data(File.ReadAllText(RunPage.Write(_folder.Path, _folder.File("page.html"))));
        data.GetProperty("steps").EnumerateArray().Select(e => e.GetInt32()).Should().Equal(1, 2);
        data.GetProperty("figures").GetProperty("accuracy").EnumerateArray().Select(e => e.ValueKind).Should().Equal(JsonValueKind.Number, JsonValueKind.Null);
        data.GetProperty("summary").GetString().Should().StartWith("2 steps in 0:00:05");
        data.GetProperty("configuration").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Test]
    public void Write_ManyRecords_KeepsTheLastOnes()
    {
        File.WriteAllLines(_folder.File("rollouts.jsonl"), Enumerable.Range(1, 600).Select(i => $"{{\"step\":{i}}}"));
        JsonElement[] rollouts = [.. Data(File.ReadAllText(RunPage.Write(_folder.Path))).GetProperty("rollouts").EnumerateArray()];
        rollouts.Should().HaveCount(500);
        rollouts[0].GetProperty("step").GetInt32().Should().Be(600);
    }

    [Test]
    public void Write_Records_LastStepFirst_ThoseOfAStepInTheirOrder()
    {
        (int Step, int Group)[] records = [(1, 1), (1, 2), (2, 3), (2, 4)];
        File.WriteAllLines(_folder.File("experiences.jsonl"), records.Select(r => $"{{\"step\":{r.Step},\"group\":{r.Group}}}"));
        Data(File.ReadAllText(RunPage.Write(_folder.Path))).GetProperty("experiences").EnumerateArray().Select(e => e.GetProperty("group").GetInt32())
            .Should().Equal(3, 4, 1, 2);
    }

    [Test]
    public void Write_Name_IsTheOneGiven_AndTheSummaryLeavesOutWhatIsNotKnown()
    {
        JsonElement data = Data(File.ReadAllText(RunPage.Write(_folder.Path, name: "grpo/seed-1")));
        data.GetProperty("name").GetString().Should().Be("grpo/seed-1");
        data.GetProperty("summary").GetString().Should().Be("2 steps in 0:00:05");
    }

    [Test]
    public void Write_Page_AsksNothingOfANetwork()
    {
        string page = File.ReadAllText(RunPage.Write(_folder.Path));
        page.Should().Contain("default-src 'none'");
        page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).Should().NotContain("http:").And.NotContain("https:");
    }

    private static JsonElement Data(string page)
    {
        int from = page.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
        return JsonDocument.Parse(page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)]).RootElement;
    }
}
