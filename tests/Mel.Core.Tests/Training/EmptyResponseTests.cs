using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;

namespace Mel.Core.Tests.Training;

/// <summary>A response of no tokens is judged and counts, and does not train.</summary>
[TestFixture, NoTensorLeaks]
public sealed class EmptyResponseTests
{
    private static readonly Trajectory Silence = new(default, default, string.Empty, FinishReason.Stop);

    [TestCase("grpo", OldLogProbs.Recorded)]
    [TestCase("grpo", OldLogProbs.Recomputed)]
    [TestCase("reinforce++", OldLogProbs.Recorded)]
    [TestCase("rloo", OldLogProbs.Recomputed)]
    [TestCase("rft", OldLogProbs.Recorded)]
    public async Task Run_SomeResponsesAreEmpty_GoesOn(string name, OldLogProbs old)
    {
        using BigramPolicy policy = Policy(), reference = Policy();
        TrainerOptions options = Options(steps: 2);
        options.OldLogProbs = old;
        RecordingProgress progress = new(null);
        AlteredPolicy silent = new(policy) { Trajectory = (t, i) => i % 8 == 0 ? Silence : t };

        await new Trainer(silent, Judge, Algorithm.Named(name), options, new() { Reference = reference }).RunAsync(Questions(), progress);

        progress.Reports.Should().HaveCount(2).And.OnlyContain(r => r.Metrics[MetricNames.MinLength] == 0 && r.HasSignal);
    }

    [Test]
    public async Task Run_EveryResponseIsEmpty_LeavesThePolicy()
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        TrainerOptions options = Options(steps: 2);
        options.OldLogProbs = OldLogProbs.Recomputed;

        TrainingReport report = await new Trainer(new AlteredPolicy(policy) { Trajectory = (_, _) => Silence }, Judge, Algorithm.Grpo(), options).RunAsync(Questions());

        (report.Steps, report.SampledTokens, report.Last!.HasSignal).Should().Be((2, 0, false));
        policy.Snapshot().Should().Equal(before);
    }

    [Test]
    public async Task Run_EmptyResponseIsWrong_CountsInTheStatisticsOfItsGroup()
    {
        // A group of two: the one that speaks is right, the one that does not is wrong, so the mean is 1/2 and the advantage (1 - 1/2) / (sqrt(1/2) + 1e-6).
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options(steps: 1);
        (options.GroupSize, options.PromptsPerStep) = (2, 1);
        BatchSpy spy = new(new ClippedSurrogateObjective());
        IVerifier speaks = Verifier.From((Prompt _, Trajectory t) => t.TokenIds.IsEmpty ? Verdict.Incorrect : Verdict.Correct);
        AlteredPolicy silent = new(policy) { Trajectory = (t, i) => i == 0 ? Silence : t };

        await new Trainer(silent, speaks, Algorithm.Grpo() with { Objective = spy }, options).RunAsync(Questions());

        TrainingSample sample = spy.Batches.Single().Samples.Should().ContainSingle().Which;
        sample.Advantage[0].Should().BeApproximately(0.5 / (Math.Sqrt(0.5) + 1e-6), 1e-12);
    }

    [TestCase(Verdict.Correct)]
    [TestCase(Verdict.Incorrect)]
    public async Task Experiences_OneOfThePairIsEmpty_AreExtractedAndLearned(Verdict ofSilence)
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options(steps: 2);
        IVerifier judge = Verifier.From((Prompt _, Trajectory t) =>
            (ofSilence == Verdict.Correct) == t.TokenIds.IsEmpty ? Verdict.Correct : Verdict.Incorrect);
        foreach (InternalizationTarget target in Enum.GetValues<InternalizationTarget>())
        {
            AlteredPolicy silent = new(policy) { Trajectory = (t, i) => i % 3 == 0 ? Silence : t };
            RecordingProgress progress = new(null);

            await new Trainer(silent, judge, Learning(Algorithm.Grpo(), new() { Target = target }), options).RunAsync(Questions(), progress);

            progress.Reports.Sum(r => r.Experiences.Pairs).Should().BePositive();
            progress.Reports.SelectMany(r => r.Experiences.Retained).SelectMany(e => e.Replays).Should().Contain(r => r.Attempt.TokenIds.IsEmpty);
        }
    }
}
