using Mel.Algorithms;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;
using Mel.Verification;

namespace Mel.Samples.Tests.Docs;

/// <summary>The service of docs/concepts.md measures, remembers over a resume, and stops a run.</summary>
[TestFixture, NonParallelizable, NoTensorLeaks]
public sealed class ConceptsPageTests
{
    private static readonly World World = MiniatureModel.LoadWorld();

    private static readonly IReadOnlyList<Prompt> HeldOut = QuestionSets.HeldOut(World, 64, seed: 7);

    [Test]
    public void Service_IsShorterThanThirtyLines() => Documents.Section("HeldOutEvaluation.cs", "service").Split('\n').Length.Should().BeLessThan(30);

    [Test]
    public async Task Service_TenSteps_AddsItsFigure_AndAResumedRunRemembers()
    {
        using TemporaryFolder folder = new();
        ComputeThreads.Keep();                     // the threads of the pool, on which it goes on, may have another number
        double best;
        using (TransformerPolicy policy = MiniatureModel.Load())
        {
            HeldOutEvaluation evaluation = ConceptsPage.Evaluation(new ChainVerifier(), HeldOut);

            TrainingReport report = await RunAsync(policy, steps: 10, folder.Path, evaluation);

            best = evaluation.Best;
            best.Should().BePositive();
            report.Last!.Metrics["eval/pass_at_1"].Should().Be(best);
            string[] lines = File.ReadAllLines(folder.File("metrics.jsonl"));
            lines.Should().HaveCount(10);
            lines.Select(l => l.Contains("eval/pass_at_1", StringComparison.Ordinal)).Should().Equal(Enumerable.Range(1, 10).Select(step => step == 10));
        }

        using (TransformerPolicy policy = MiniatureModel.Load())
        {
            HeldOutEvaluation evaluation = ConceptsPage.Evaluation(new ChainVerifier(), HeldOut);

            (await RunAsync(policy, steps: 11, folder.Path, evaluation)).Last!.Step.Should().Be(11);

            evaluation.Best.Should().Be(best);
        }
    }

    [Test]
    public async Task Service_FigureThatFell_StopsTheRun_AndSaysWhy()
    {
        using TemporaryFolder folder = new();
        using TransformerPolicy policy = MiniatureModel.Load();
        HeldOutEvaluation evaluation = ConceptsPage.Evaluation(new ChainVerifier(), HeldOut);
        evaluation.LoadState(BitConverter.GetBytes(1.0));

        TrainingReport report = await RunAsync(policy, steps: 12, folder.Path, evaluation, keeps: false);

        report.Steps.Should().Be(10);
        report.StopReason.Should().StartWith("Pass@1 fell from 1.00 to 0.");
    }

    [TestCase("\\boxed{4}", 10, 1.198)]
    [TestCase("\\boxed{5}", 10, 0.198)]
    public async Task Rewards_AreSummedByWeight_AndTheFirstGivesTheVerdict(string text, int tokens, double reward)
    {
        Trajectory trajectory = new(new int[tokens], new float[tokens], text, FinishReason.Stop);

        Judgement judgement = await ConceptsPage.Rewards().VerifyAsync(new Prompt("q", "2 + 2?", "4"), trajectory);

        judgement.Reward.Should().BeApproximately(reward, 1e-12);
        judgement.Verdict.Should().Be(reward > 1 ? Verdict.Correct : Verdict.Incorrect);
    }

    [Test]
    public async Task Verification_ServerThatIsAway_CostsTheJudgementsAndNotTheRun()
    {
        using TransformerPolicy policy = MiniatureModel.Load();
        TrainerOptions options = new() { Steps = 1, PromptsPerStep = 1, GroupSize = 2, Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens } };
        int calls = 0;
        IVerifier away = Verifier.From((Prompt _, Trajectory _) => Interlocked.Increment(ref calls) <= 1 ? throw new HttpRequestException("503") : Verdict.Correct);
        IVerifier verifier = ConceptsPage.Verification(away, options);

        TrainingReport report = await new Trainer(policy, verifier, Algorithm.Grpo(), options).RunAsync(new PromptList(HeldOut));

        (calls, report.Last!.Metrics["verifier/failures"]).Should().Be((3, 0), "the one that failed was asked again");
    }

    private static Task<TrainingReport> RunAsync(TransformerPolicy policy, int steps, string folder, HeldOutEvaluation evaluation, bool keeps = true)
        => ConceptsPage.RunAsync(policy, QuestionSets.Training(World, 64, seed: 3), HeldOut, new TrainerOptions
        {
            Steps = steps,
            PromptsPerStep = 4,
            GroupSize = 4,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            CheckpointFolder = keeps ? Path.Combine(folder, "checkpoint") : null,
        }, folder, evaluation);
}
