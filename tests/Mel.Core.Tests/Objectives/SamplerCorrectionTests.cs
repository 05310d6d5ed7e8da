using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

/// <summary>The weights pi_old / pi_sampler on the policy loss.</summary>
[TestFixture, NoTensorLeaks]
public sealed class SamplerCorrectionTests
{
    // Two tokens, ratio 1, advantage 1; the sampler thought them 1.5 and 3 times less probable than the policy does.
    [TestCase(RatioLevel.Token, MismatchRule.Truncate, null, 2.0, false, (1.5 + 2) / 2)]
    [TestCase(RatioLevel.Token, MismatchRule.Truncate, null, null, false, (1.5 + 3) / 2)]
    [TestCase(RatioLevel.Token, MismatchRule.Truncate, 1.75, 2.0, false, (1.75 + 2) / 2)]
    [TestCase(RatioLevel.Token, MismatchRule.Mask, null, 2.0, false, (1.5 + 0) / 2)]
    [TestCase(RatioLevel.Sequence, MismatchRule.Truncate, null, null, false, 4.5)]
    [TestCase(RatioLevel.Sequence, MismatchRule.Truncate, null, 4.0, false, 4.0)]
    [TestCase(RatioLevel.Sequence, MismatchRule.Mask, null, 4.0, false, 0.0)]
    [TestCase(RatioLevel.Sequence, MismatchRule.Truncate, null, 4.0, true, 2.1213203)]
    public void Loss_IsWeighted_ByHand(RatioLevel level, MismatchRule rule, double? min, double? max, bool geometricMean, double weight)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = Uniform();
        SamplerCorrectionOptions correction = new() { Level = level, Rule = rule, Min = min, Max = max, GeometricMean = geometricMean };
        ClippedSurrogateObjective objective = new(new() { SamplerCorrection = correction });

        ObjectiveResult result = objective.Evaluate(policy, Batch(policy));

        result.Total().item<float>().Should().BeApproximately((float)-weight, 1e-5f);
        objective.Needs.Should().Be(RolloutNeeds.PolicyLogProbs);
        result.Terms[0].IsTokenwise.Should().Be(level == RatioLevel.Token);
    }

    [Test]
    public void Loss_Divergence_IsNotWeighted()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = Uniform();
        TrainingBatch batch = Batch(policy);
        ClippedSurrogateOptions options = new() { SamplerCorrection = new() { Max = null } };
        float without = new ClippedSurrogateObjective(options).Evaluate(policy, batch).Total().item<float>();

        options.KlCoefficient = 0.5;

        // k2 of half a nat is 1/8.
        new ClippedSurrogateObjective(options).Evaluate(policy, batch).Total().item<float>().Should().BeApproximately(without + (0.5f / 8), 1e-5f);
    }

    [Test]
    public async Task Run_WithAnotherEngine_CorrectsForIt()
    {
        using BigramPolicy engine = TinyRun.Policy(seed: 2);
        BatchSpy spy = new(new ClippedSurrogateObjective(new() { SamplerCorrection = new() }));

        Algorithm algorithm = Algorithm.Grpo() with { Objective = spy };
        TinyRun.Outcome run = await TinyRun.RunAsync(TinyRun.Options(steps: 1), algorithm, withExperiences: false, parts: new() { Sampler = engine });

        Trajectory[] trajectories = [.. spy.Batches.Single().Samples.Select(s => s.Trajectory)];
        trajectories.Should().OnlyContain(t => t.PolicyLogProbs.Length == t.TokenIds.Length);
        run.Steps[0].Metrics["sampling/sampling_logp_difference/mean"].Should().BePositive();
    }

    private static BigramPolicy Uniform()
    {
        BigramPolicy policy = new("ab!");
        using var noGrad = no_grad();
        policy.Parameters["logits"].zero_().Dispose();
        return policy;
    }

    private static TrainingBatch Batch(BigramPolicy policy)
    {
        float uniform = (float)Math.Log(1 / 3.0);
        Trajectory trajectory = new(policy.Encode("a!"), new[] { uniform - (float)Math.Log(1.5), uniform - (float)Math.Log(3) }, "a", FinishReason.Stop)
        {
            PolicyLogProbs = new[] { uniform, uniform }, ReferenceLogProbs = new[] { uniform - 0.5f, uniform + 0.5f },
        };
        RolloutGroup group = new(new Prompt("q", "q", "?"), policy.Encode("a"), [trajectory], [Verdict.Correct]);
        return TrainingBatch.Create(new RolloutBatch([group]), [[Advantage.OfTrajectory(1)]]);
    }
}
