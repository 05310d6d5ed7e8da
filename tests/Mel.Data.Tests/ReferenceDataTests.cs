using Mel.Data.Checks;
using Mel.Data.Folders;
using Mel.Prompts;
using Mel.Testing;

namespace Mel.Data.Tests;

/// <summary>Published data sets, in the forms people have them.</summary>
[TestFixture]
[Category(ReferenceData.Category)]
public sealed class ReferenceDataTests
{
    [Test]
    public async Task Open_Gsm8kFolder_HasItsSplits_AndTheNumbersBehindTheMark()
    {
        DataFolder folder = DataFolder.Open(ReferenceData.Require("data", "parquet", "gsm8k"));

        folder.Configs.Should().Equal("main");
        folder.Splits().Should().Equal("train", "test");
        DataPrompts train = await DataPrompts.OpenAsync(folder.Files("train")), test = await DataPrompts.OpenAsync(folder.Files("test"));
        train.Layout.Name.Should().Be("GSM8K");
        (train.Count, test.Count).Should().Be((90, 30));
        (await train.ReadAllAsync()).Should().OnlyContain(p => p.Answer.Length > 0 && p.Answer.All(char.IsAsciiDigit));
        (await test.TakeAsync(0, 1)).Single().Answer.Should().Be("1080");
    }

    [Test]
    public async Task Open_DapoFolder_ReadsTheNestedColumns()
    {
        DataFolder folder = DataFolder.Open(ReferenceData.Require("data", "parquet", "dapo"));

        DataPrompts data = await DataPrompts.OpenAsync(folder.Files("train"), new DataOptions { ShuffleSeed = 1 });

        data.Layout.Name.Should().Be("DAPO-Math-17k");
        Prompt first = (await data.ReadAllAsync())[0];
        first.Should().BeEquivalentTo(new { Id = "dapo/00001", Answer = "113" }, o => o.ExcludingMissingMembers());
        first.Text.Should().StartWith("Solve the following").And.EndWith("compute $m+n$.");
    }

    [Test]
    public async Task OpenAsync_RealOverlapsOfEvaluationSets_AreFound()
    {
        Dictionary<string, IReadOnlyList<Prompt>> sets = [];
        foreach (string name in new[] { "amc23", "math500", "aime24" })
            sets[name] = await (await DataPrompts.OpenAsync([File(name)], new DataOptions { LeaveOutConflicts = false })).ReadAllAsync();

        DataPrompts sample = await DataPrompts.OpenAsync([File("dapo_math_17k_sample2000"), File("amc23"), File("olympiadbench")], new DataOptions { EvaluationSets = sets });

        TestContext.Out.WriteLine(sample.Report);
        foreach (DataFinding finding in sample.Report.Findings.Where(f => !f.File.EndsWith("amc23.jsonl", StringComparison.Ordinal))) TestContext.Out.WriteLine(finding);
        sample.Report.Findings.Count(f => f.Kind == DataFindingKind.Overlapping && f.File == File("amc23")).Should().Be(40);
    }

    private static string File(string name) => ReferenceData.Require("data", $"{name}.jsonl");
}
