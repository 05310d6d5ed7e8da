using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Mel.Algorithms;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Tests.Docs;

/// <summary>docs/telemetry.md names every activity, tag and instrument that a run has, and no other.</summary>
[TestFixture, NonParallelizable]
public sealed partial class TelemetryPageTests
{
    /// <summary>What only some runs have: one that a service stops, one whose last step the services see once more.</summary>
    private static readonly (string Activity, string Tag)[] Rare = [("train policy", "mel.run.stop_reason"), ("run step", "mel.step.is_repeated")];

    [Test]
    public async Task Page_NamesTheActivitiesOfARun_AndTheirTags()
    {
        using TemporaryFolder folder = new();
        using RecordedActivities recorded = new();
        ComputeThreads.Keep();                     // the threads of the pool, on which it goes on, may have another number
        await RunAsync(folder, steps: 1);
        await RunAsync(folder, steps: 2);

        Dictionary<string, string[]> documented = Rows("### Activities").ToDictionary(row => row[0], row => row[1..]);

        documented.Keys.Should().BeEquivalentTo(recorded.All.Select(a => a.OperationName).Distinct());
        foreach ((string name, string[] tags) in documented)
            recorded.Named(name).SelectMany(a => a.TagObjects.Select(t => t.Key)).Concat(Rare.Where(r => r.Activity == name).Select(r => r.Tag)).Distinct().Should().BeEquivalentTo(tags, name);
    }

    [Test]
    public async Task Page_NamesTheInstruments()
    {
        using TemporaryFolder folder = new();
        List<(string, string?)> published = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == "Mel") published.Add((instrument.Name, instrument.Unit));
        };
        listener.Start();

        await RunAsync(folder, steps: 1);

        Table("### Instruments").Select(line => line.Trim('|').Split('|')).Select(cells => (cells[0].Trim().Trim('`'), (string?)cells[^1].Trim())).Should().BeEquivalentTo(published);
    }

    [Test]
    public async Task Page_CodeRuns()
    {
        TextWriter console = Console.Out;
        using StringWriter printed = new();
        Console.SetOut(printed);
        try
        {
            using TransformerPolicy policy = MiniatureModel.Load();
            TrainerOptions options = new() { Steps = 1, PromptsPerStep = 2, GroupSize = 2, Sampling = new() { MaxTokens = Chain.StandardTokens } };
            await TelemetryPage.ExportAsync(policy, new ChainVerifier(), Algorithm.Grpo(), new PromptList(QuestionSets.Training(MiniatureModel.LoadWorld(), 4, 1)), options);
            TelemetryPage.Compose(policy, new ChainVerifier(), Algorithm.Grpo(), options);
        }
        finally
        {
            Console.SetOut(console);
        }

        printed.ToString().Should().Contain("train policy").And.Contain("mel.step.duration");
    }

    private static async Task RunAsync(TemporaryFolder folder, int steps)
    {
        using TransformerPolicy policy = MiniatureModel.Load(), reference = MiniatureModel.Load();
        World world = MiniatureModel.LoadWorld();
        TrainerOptions options = new()
        {
            Steps = steps, PromptsPerStep = 8, GroupSize = 8, Sampling = new() { MaxTokens = Chain.StandardTokens }, CheckpointFolder = folder.Path,
        };
        Algorithm algorithm = Algorithm.Grpo().WithMetaExperience(null, MiniatureModel.ExperienceOptions(), new MiniatureLanguage());
        PeriodicEvaluation evaluation = new(new ChainVerifier(), QuestionSets.HeldOut(world, 4, seed: 7), new() { EverySteps = 1, Evaluation = new() { Samples = 0, MaxTokens = Chain.StandardTokens } });
        await new Trainer(policy, new ChainVerifier(), algorithm, options, new TrainerParts { Services = [evaluation], Reference = reference })
            .RunAsync(new PromptList(QuestionSets.Training(world, 16, 1)));
    }

    /// <summary>The names in backticks in the rows of a table.</summary>
    private static IEnumerable<string[]> Rows(string heading) => Table(heading).Select(line => Name().Matches(line).Select(m => m.Groups[1].Value).ToArray());

    /// <summary>The rows of the first table behind a heading, without its head.</summary>
    private static IEnumerable<string> Table(string heading)
    {
        string page = Documents.Read("docs", "telemetry.md");
        return page[page.IndexOf(heading, StringComparison.Ordinal)..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2);
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
