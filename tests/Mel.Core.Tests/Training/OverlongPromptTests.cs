using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Microsoft.Extensions.Logging;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

[TestFixture, NoTensorLeaks]
public sealed class OverlongPromptTests
{
    private static readonly Prompt TooLong = new("long", "abcdabcdabcdabcdabcd", "b");

    [Test]
    public async Task Step_PromptThatLeavesNoRoom_IsReplacedByTheNext()
    {
        using BigramPolicy policy = new(Alphabet, contextTokens: 20);
        RecordingLogger<Trainer> logger = new();
        RecordingProgress progress = new(null);
        TrainerOptions options = Options(steps: 2);
        options.PromptsPerStep = 3;
        PromptList source = new([new("1", "a", "b"), TooLong, new("2", "c", "d"), new("3", "ba", "b"), new("4", "dc", "d")]);

        TrainingReport report = await new Trainer(policy, Judge, Algorithm.Grpo(), options, new() { Logger = logger }).RunAsync(source, progress);

        report.Steps.Should().Be(2);
        progress.Reports.Select(r => string.Concat(r.Groups.Select(g => g.Prompt.Id))).Should().Equal("123", "412");
        progress.Reports.Select(r => r.Metrics[MetricNames.SkippedTooLong]).Should().Equal(1, 1);
        logger.Events.Where(e => e.Id == 1103).Should().HaveCount(2).And.Contain(new LoggedEvent(1103, LogLevel.Warning,
            "Step 1: 1 prompts were passed over because they leave no room for a response. The prompt 'long' has 20 tokens, but the context of the model is 20 tokens "
            + "and a response needs at least one; leave it out, shorten it, or use a model with a longer context."));
    }

    [Test]
    public async Task Run_OverlongPromptAtAPosition_LeavesTheOthersTheirSeeds()
    {
        // The same prompts at the same positions; position 1 holds one that does not fit, or one that a filter drops.
        RolloutsOf with = new(), without = new();

        await RunAsync(with, [new("1", "a", "b"), TooLong, new("2", "c", "d"), new("3", "ba", "b")]);
        await RunAsync(without, [new("1", "a", "b"), new("x", "b", "b"), new("2", "c", "d"), new("3", "ba", "b")]);

        with.Texts["2"].Should().Equal(without.Texts["2"], "the seed of a prompt comes from its position");
    }

    [Test]
    public async Task Run_StoppedAfterAnOverlongPrompt_GoesOnAsIfItHadNot()
    {
        PromptList source = new([new("1", "a", "b"), TooLong, new("2", "c", "d"), new("3", "ba", "b"), new("4", "dc", "d")]);
        using TemporaryFolder folder = new();
        using BigramPolicy whole = new(Alphabet, contextTokens: 20), parts = new(Alphabet, contextTokens: 20);
        TrainerOptions options = Options(steps: 4);
        await new Trainer(whole, Judge, Algorithm.Grpo(), options).RunAsync(source);

        options.CheckpointFolder = folder.Path;
        foreach (int steps in (int[])[1, 4])
        {
            options.Steps = steps;
            await new Trainer(parts, Judge, Algorithm.Grpo(), options).RunAsync(source);
        }

        parts.Snapshot().Should().Equal(whole.Snapshot());
    }

    [Test]
    public async Task Run_NoPromptFits_IsAnErrorThatSaysSo()
    {
        using BigramPolicy policy = new(Alphabet, contextTokens: 20);
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1));

        (await trainer.Awaiting(t => t.RunAsync(new PromptList([TooLong]))).Should().ThrowAsync<PromptTooLongException>())
            .Where(e => e.Tokens == 20 && e.ContextTokens == 20)
            .WithMessage("None of 1000 prompts in a row fits. The last, 'long', has 20 tokens, but the context of the model is 20 tokens*");
        policy.Calls.Should().Be(0);
    }

    private static async Task RunAsync(RolloutsOf seen, IReadOnlyList<Prompt> prompts)
    {
        using BigramPolicy policy = new(Alphabet, contextTokens: 20);
        TrainerOptions options = Options(steps: 1);
        options.PromptsPerStep = 3;
        await new Trainer(policy, Judge, Algorithm.Grpo(), options).RunAsync(new PromptList(prompts), seen);
    }

    private sealed class RolloutsOf : IProgress<StepReport>
    {
        public Dictionary<string, string[]> Texts { get; } = [];

        public void Report(StepReport value)
        {
            foreach (var group in value.Groups) Texts[group.Prompt.Id] = [.. group.Trajectories.Select(t => t.Text)];
        }
    }
}
