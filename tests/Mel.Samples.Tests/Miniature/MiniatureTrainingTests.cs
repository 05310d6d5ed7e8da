using Mel.Algorithms;
using Mel.Evaluation;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers;

namespace Mel.Samples.Tests.Miniature;

/// <summary>The built-in model learns by every algorithm, with and without meta-experiences, and the same way each time.</summary>
[TestFixture, NonParallelizable, NoTensorLeaks]
public sealed class MiniatureTrainingTests
{
    [Test]
    public async Task Grpo_TwentySteps_RewardRises_AndHeldOutQuestionsToo()
    {
        World world = MiniatureModel.LoadWorld();
        IReadOnlyList<Prompt> heldOut = QuestionSets.HeldOut(world, 256, seed: 7);
        EvaluationOptions greedy = new() { Samples = 0, MaxTokens = Chain.StandardTokens };
        using TransformerPolicy policy = MiniatureModel.Load();
        double before = (await new Mel.Evaluation.Evaluator(policy, new ChainVerifier()).EvaluateAsync(heldOut, greedy)).PassAt1;

        List<StepReport> reports = await Train(policy, Algorithm.Grpo(), steps: 20, prompts: 32);

        double after = (await new Mel.Evaluation.Evaluator(policy, new ChainVerifier()).EvaluateAsync(heldOut, greedy)).PassAt1;
        reports.TakeLast(4).Average(r => r.Reward).Should().BeGreaterThan(reports.Take(4).Average(r => r.Reward) + 0.1);
        after.Should().BeGreaterThan(before + 0.2);
    }

    [TestCase("grpo")]
    [TestCase("reinforce++")]
    [TestCase("rft")]
    public async Task Algorithm_WithMetaExperience_InternalizesWhatProvedItself(string name)
    {
        using TransformerPolicy policy = MiniatureModel.Load();
        Algorithm algorithm = Algorithm.Named(name).WithMetaExperience(
            new MetaExperienceOptions { Conditioning = Conditioning.Both, Scaling = TermScalingKind.GradientNormRatio, Weight = 0.5 },
            MiniatureModel.ExperienceOptions(pairsPerPrompt: 4), new MiniatureLanguage());

        List<StepReport> reports = await Train(policy, algorithm, steps: 2, prompts: 32);

        foreach (StepReport report in reports)
        {
            report.Experiences.Retained.Should().NotBeEmpty().And.OnlyContain(e => e.Replays.Any(r => r.Judgement.Verdict == Verification.Verdict.Correct));
            TermReport policyTerm = report.Terms.Single(t => t.Name == PolicyObjective.TermName), experienceTerm = report.Terms.Single(t => t.Name == MetaExperienceObjective.TermName);
            (experienceTerm.GradientNorm * experienceTerm.Factor).Should().BeApproximately(0.5 * policyTerm.GradientNorm, 1e-5 * policyTerm.GradientNorm);
        }
    }

    [Test]
    public async Task Grpo_SameSeed_SameRun_BitForBit()
    {
        ComputeThreads.Set(2);
        float[][] weights = new float[2][];
        double[][] rewards = new double[2][];
        for (int run = 0; run < 2; run++)
        {
            using TransformerPolicy policy = MiniatureModel.Load();
            List<StepReport> reports = await Train(policy, Algorithm.Grpo().WithMetaExperience(null, MiniatureModel.ExperienceOptions(pairsPerPrompt: 4), new MiniatureLanguage()), steps: 2, prompts: 8);
            rewards[run] = [.. reports.SelectMany(r => new[] { r.Reward, r.Metrics["loss"], r.Metrics["grad_norm"], r.Metrics["mel/nll"] })];
            weights[run] = [.. policy.Parameters.Values.SelectMany(p => p.data<float>().ToArray())];
        }

        rewards[1].Should().Equal(rewards[0]);
        weights[1].AsSpan().SequenceEqual(weights[0]).Should().BeTrue();
    }

    private static async Task<List<StepReport>> Train(TransformerPolicy policy, Algorithm algorithm, int steps, int prompts)
    {
        PromptList questions = new(QuestionSets.Training(MiniatureModel.LoadWorld(), steps * prompts, seed: 1));
        TrainerOptions options = new()
        {
            Steps = steps,
            PromptsPerStep = prompts,
            Sampling = new SamplingOptions { MaxTokens = Chain.StandardTokens },
            Optimizer = new OptimizerOptions { LearningRate = 7e-4, Beta2 = 0.99 },
            Seed = 1,
        };
        List<StepReport> reports = [];
        await new Trainer(policy, new ChainVerifier(), algorithm, options).RunAsync(questions, new Collect(reports));
        return reports;
    }

    private sealed class Collect(List<StepReport> reports) : IProgress<StepReport>
    {
        public void Report(StepReport value) => reports.Add(value);
    }
}
