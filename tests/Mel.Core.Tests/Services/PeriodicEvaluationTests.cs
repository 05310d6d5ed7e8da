using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Services;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.Options;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Services;

[TestFixture, NoTensorLeaks]
public sealed class PeriodicEvaluationTests
{
    private static readonly Prompt[] HeldOut = [new("h1", "b", "a"), new("h2", "d", "c"), new("h3", "a", "d")];

    private static readonly EvaluationOptions HowTo = new() { Samples = 4, Temperature = 0.8, MaxTokens = 6, Seed = 99 };

    [Test]
    public async Task Run_WithAndWithoutEvaluation_IsTheSame()
    {
        Outcome without = await RunAsync(Options(steps: 5)), with = await RunAsync(Options(steps: 5), parts: With(Evaluation(every: 1, first: true)));

        with.Parameters.Should().Equal(without.Parameters);
        for (int s = 0; s < 5; s++)
            Figures(with.Steps[s]).Where(f => !f.Key.Contains("eval", StringComparison.Ordinal)).Should().Equal(Figures(without.Steps[s]));
    }

    [Test]
    public async Task Evaluation_EveryThirdStepAndTheLast_IsThatOfTheWeightsOfTheStep()
    {
        using BigramPolicy policy = Policy();
        List<double> direct = [], sampled = [];

        Outcome run = await RunAsync(Options(steps: 5), policy: policy, parts: With(Evaluation(every: 3)), then: _ =>
        {
            EvaluationReport found = new Evaluator(policy, Judge).EvaluateAsync(HeldOut, HowTo).GetAwaiter().GetResult();
            direct.Add(found.PassAt1);
            sampled.Add(found.AverageAtK);
        });

        run.Steps.Where(s => s.Metrics.ContainsKey("eval/pass_at_1")).Select(s => s.Step).Should().Equal(3, 5);
        foreach (int step in (int[])[3, 5])
        {
            run.Steps[step - 1].Metrics["eval/pass_at_1"].Should().Be(direct[step - 1]);
            run.Steps[step - 1].Metrics["eval/avg_at_4"].Should().Be(sampled[step - 1]);
            run.Steps[step - 1].Metrics.Keys.Should().Contain(["eval/pass_at_4", "eval/unverifiable", "timing_s/eval"]);
        }
    }

    [Test]
    public async Task Evaluation_BeforeTheFirstStep_IsThatOfTheWeightsTheRunBeganWith()
    {
        using BigramPolicy policy = Policy();
        double before = (await new Evaluator(policy, Judge).EvaluateAsync(HeldOut, HowTo)).AverageAtK;

        Outcome run = await RunAsync(Options(steps: 2), policy: policy, parts: With(Evaluation(every: 9, first: true, name: "letters")));

        run.Steps[0].Metrics["eval/start/letters/avg_at_4"].Should().Be(before);
        run.Steps[0].Metrics.Should().ContainKey("timing_s/eval/start/letters").And.NotContainKey("eval/letters/avg_at_4");
        run.Steps[1].Metrics.Should().ContainKey("eval/letters/avg_at_4").And.NotContainKey("eval/start/letters/avg_at_4");
    }

    [Test]
    public async Task Evaluation_CanceledInItsMiddle_IsMadeAnewOnResume_AndNothingOfTheStepIsLost()
    {
        using TemporaryFolder folder = new();
        (string path, float[] parameters) expected = await RecordedAsync(folder.File("whole"), null);
        using CancellationTokenSource stop = new();
        int calls = 0;
        Noticed cancels = new(() =>
        {
            // The 3 greedy and 12 sampled attempts of step 2's evaluation are the second ones.
            if (++calls == 20) stop.Cancel();
        });

        await FluentActions.Awaiting(() => RecordedAsync(folder.File("cut"), cancels, stop.Token)).Should().ThrowAsync<OperationCanceledException>();
        File.ReadAllLines(Path.Combine(folder.File("cut"), "metrics.jsonl")).Should().HaveCount(1, "step 2 is not reported yet");
        (string path, float[] parameters) resumed = await RecordedAsync(folder.File("cut"), null);

        resumed.parameters.Should().Equal(expected.parameters);
        foreach (string file in (string[])["metrics.jsonl", "rollouts.jsonl", "experiences.jsonl", "checkpoint/best/run.safetensors"])
            Content(resumed.path, file).Should().Be(Content(expected.path, file), file);
    }

    [Test]
    public void Options_ThatBreakARule_AreNamed()
        => FluentActions.Invoking(() => new PeriodicEvaluation(Judge, HeldOut, new() { EverySteps = 0, Name = "a/b", Evaluation = new() { Samples = -1 } }))
            .Should().Throw<OptionsValidationException>().Which.Failures.Should().BeEquivalentTo(
                "Property EverySteps: must be at least 1, got 0",
                "Property Name: must have 1 to 100 characters, no space and no '/', and not be 'start', got 'a/b'; leave it out for a single evaluation",
                "Property Evaluation.Samples: must be at least 0, got -1");

    [Test]
    public void Questions_None_AreRefused()
        => FluentActions.Invoking(() => new PeriodicEvaluation(Judge, [])).Should().Throw<ArgumentException>().WithMessage("There is no question*");

    private static PeriodicEvaluation Evaluation(int every, bool first = false, string? name = null)
        => new(Judge, HeldOut, new() { EverySteps = every, BeforeFirstStep = first, Name = name, Evaluation = HowTo });

    private static TrainerParts With(params IReadOnlyList<IRunService> services) => new() { Services = services };

    private static async Task<(string Path, float[] Parameters)> RecordedAsync(string folder, Noticed? verifier, CancellationToken cancellationToken = default)
    {
        TrainerOptions options = Options(steps: 4);
        options.CheckpointFolder = Path.Combine(folder, "checkpoint");
        using MetricsFile metrics = new(Path.Combine(folder, "metrics.jsonl"));
        using RunRecords records = new(new() { Folder = folder });
        PeriodicEvaluation evaluation = new(
            verifier ?? new Noticed(() => { }), HeldOut, new() { EverySteps = 1, Evaluation = HowTo, BeforeFirstStep = false });
        // The order in which they are given does not matter.
        TrainerParts parts = new() { Services = [new BestCheckpoint(new() { Figure = "eval/avg_at_4" }), metrics, evaluation, records], Time = new StepClock(TimeSpan.Zero) };
        Outcome run = await RunAsync(options, parts: parts, cancellationToken: cancellationToken);
        return (folder, run.Parameters);
    }

    private static string Content(string folder, string file) => Convert.ToHexString(File.ReadAllBytes(Path.Combine(folder, file)));

    /// <summary>Judges as the run does, and tells when it is called.</summary>
    private sealed class Noticed(Action called) : IVerifier
    {
        public ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
        {
            lock (this) called();
            cancellationToken.ThrowIfCancellationRequested();
            return Judge.VerifyAsync(prompt, trajectory, cancellationToken);
        }
    }
}
