using Mel.Advantages;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Adapters;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using Mel.Verification;

namespace Mel.Transformers.Tests;

/// <summary>An update whose head makes gradients while it scores is the update that scores first and differentiates afterwards.</summary>
[TestFixture, NoTensorLeaks]
public sealed class FusedScoringTests
{
    [Test]
    public async Task Update_FusedHead_IsTheUpdateOfTwoPasses(
        [Values(DecoderFamily.Qwen3, DecoderFamily.Llama)] DecoderFamily family, [Values(0, 3)] int chunkRows, [Values] bool recomputes, [Values] bool entropy)
    {
        (float[] fused, UpdateReport fusedReport) = await UpdateAsync(family, chunkRows, recomputes, entropy, policy => policy);
        (float[] plain, UpdateReport plainReport) = await UpdateAsync(family, chunkRows, recomputes, entropy, policy => new DelegatingPolicy(policy));

        fused.Should().Equal(plain, (a, b) => Math.Abs(a - b) < 2e-6f);
        fusedReport.GradientNorm.Should().BeApproximately(plainReport.GradientNorm, 1e-5 * plainReport.GradientNorm).And.BePositive();
        fusedReport.Metrics.Keys.Should().BeEquivalentTo(plainReport.Metrics.Keys);
        foreach ((string name, double value) in plainReport.Metrics) fusedReport.Metrics[name].Should().BeApproximately(value, 1e-5 * Math.Max(1, Math.Abs(value)), name);
    }

    [Test]
    public void FusesGradient_UnderAFrozenHead_IsNotWorthIt()
    {
        using TransformerPolicy policy = TinyModels.Policy();

        policy.FusesGradient.Should().BeTrue();
        policy.Model.AddLora(new LoraOptions { Rank = 2 }, seed: 1);
        policy.FusesGradient.Should().BeFalse();
    }

    private static async Task<(float[] Parameters, UpdateReport Report)> UpdateAsync(
        DecoderFamily family, int chunkRows, bool recomputes, bool entropy, Func<TransformerPolicy, IPolicy> wrap)
    {
        using TransformerPolicy policy = new(TinyModels.Model(family), new NumberTokenizer()) { HeadChunkRows = chunkRows };
        policy.Model.RecomputesActivations = recomputes;
        SamplingOptions sampling = new() { MaxTokens = 9, Temperature = 0.8 };
        SamplingRequest[] requests = [new(new[] { 1, 2, 3 }, 4, 1), new(new[] { 4, 5 }, 4, 2)];
        IReadOnlyList<IReadOnlyList<Trajectory>> sampled = await policy.SampleAsync(requests, sampling);
        RolloutGroup[] groups =
        [
            .. requests.Select((request, g) => new RolloutGroup(
                new Prompt($"{g}", "?", "!"), request.PromptTokenIds, sampled[g], [Verdict.Correct, Verdict.Incorrect, Verdict.Incorrect, Verdict.Correct]) { Sampling = sampling }),
        ];
        RolloutBatch rollouts = new(groups);
        ClippedSurrogateObjective objective = new(new ClippedSurrogateOptions { ReportEntropy = entropy });
        // With an epsilon far above the gradients AdamW is linear in them, so that the parameters show the gradients themselves.
        TrainerOptions options = new() { Optimizer = new OptimizerOptions { LearningRate = 1, Epsilon = 1, MaxGradientNorm = 0 } };
        using PolicyUpdater updater = new(wrap(policy), objective, options);
        UpdateReport report = updater.Update(rollouts, await new GroupRelativeAdvantage().EstimateAsync(rollouts), [], new TrainingState(0, 0, 0, 0));
        return (ValuesOf(policy), report);
    }

    private static float[] ValuesOf(TransformerPolicy policy)
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        return [.. policy.Parameters.Values.SelectMany(p => p.cpu().data<float>().ToArray())];
    }
}
