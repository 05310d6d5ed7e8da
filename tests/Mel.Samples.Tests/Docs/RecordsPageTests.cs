using System.Text.Json;
using System.Text.RegularExpressions;
using Mel.Algorithms;
using Mel.Prompts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Tests.Docs;

/// <summary>docs/records.md names every field that the records have, and no other.</summary>
[TestFixture]
public sealed partial class RecordsPageTests
{
    [Test]
    public void Page_NamesTheFieldsThatAreWritten()
    {
        string[] sources = ["RolloutRecord.cs", "ExperienceRecord.cs", "RecordText.cs"];
        string[] written =
        [
            "step", .. sources.SelectMany(file => Literal().Matches(Documents.Read("src", "Mel.Core", "Services", file)).Select(m => m.Groups[1].Value)).Distinct(),
        ];

        Documented().Should().BeEquivalentTo(written);
    }

    [Test]
    public async Task Page_CodeRuns_AndItsFieldsAreDocumented()
    {
        using TemporaryFolder folder = new();
        using TransformerPolicy policy = MiniatureModel.Load();
        TrainerOptions options = new() { Steps = 1, PromptsPerStep = 2, GroupSize = 2, Sampling = new() { MaxTokens = Chain.StandardTokens } };

        await RecordsPage.RunAsync(
            policy, new ChainVerifier(), Algorithm.Grpo(), new PromptList(QuestionSets.Training(MiniatureModel.LoadWorld(), 4, 1)), options, folder.Path);

        string[] lines = File.ReadAllLines(folder.File("rollouts.jsonl"));
        lines.Should().HaveCount(4);
        lines.SelectMany(line => JsonDocument.Parse(line).RootElement.EnumerateObject().Select(p => p.Name)).Distinct().Should().BeSubsetOf(Documented());
    }

    private static IEnumerable<string> Documented() => Row().Matches(Documents.Read("docs", "records.md"))
        .SelectMany(row => Name().Matches(row.Groups[1].Value).Select(m => m.Groups[1].Value)).Distinct();

    [GeneratedRegex("(?<!name=)\"([a-z][a-z_]+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("^\\| (`[a-z].*?) \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("`([a-z_]+)`")]
    private static partial Regex Name();
}
