using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Adapters;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

/// <summary>Resident memory of training as the system sees it.</summary>
[TestFixture, NonParallelizable, NoTensorLeaks]
public sealed class TrainingMemoryTests
{
    private static readonly ModelConfig Wide = TinyModels.Config() with
    {
        VocabularySize = 16_384, HiddenSize = 512, IntermediateSize = 1536, Layers = 4, Heads = 8, KeyValueHeads = 4, HeadSize = 64, ContextTokens = 512, InitializerRange = 0.02,
    };

    [SetUp]
    public void RequireMeasurement()
    {
        if (!NativeMemory.IsMeasurable) Assert.Ignore("Resident memory is read from /proc.");
    }

    [Test]
    public void Step_AHundredTimes_KeepsMemoryFlat([Values] bool lora, [Values] bool recompute, [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(TinyModels.Config(), 3, type), new NumberTokenizer());
        policy.Model.RecomputesActivations = recompute;
        if (lora) policy.Model.AddLora(new LoraOptions { Rank = 2 }, 1);
        using var optimizer = new AdamW(policy.Parameters);
        TokenBatch batch = Batch(4, 40);
        long start = 0;
        for (int i = 0; i < 100; i++)
        {
            Step(policy, optimizer, batch);
            GC.Collect(0);                                                              // as the trainer does after every step
            if (i == 39) start = NativeMemory.Resident;
        }

        (NativeMemory.Resident - start).Should().BeLessThan(16 << 20, "60 more steps must not need more memory");
    }

    // Two steps: the second one adds to gradients that are there, as every micro-batch but the first does.
    [Test]
    public void Estimate_PeakOfATrainingStep_IsWithinAFifth([Values] bool lora, [Values] bool recompute)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(Wide, 3), new NumberTokenizer());
        policy.Model.RecomputesActivations = recompute;
        if (lora) policy.Model.AddLora(new LoraOptions(), 1);
        TokenBatch batch = Batch(2, 384);
        WarmUp();
        NativeMemory.Trim();
        ResourceEstimate estimate = policy.Estimate(new ResourceEstimateOptions { SequenceTokens = 384, PromptTokens = 8, MicroBatchSequences = 2 });
        long rest = NativeMemory.Resident - estimate.WeightBytes;
        using var optimizer = new AdamW(policy.Parameters);
        Step(policy, optimizer, batch);
        long peak = NativeMemory.PeakDuring(() => Step(policy, optimizer, batch)) - rest;

        TestContext.Out.WriteLine($"peak {peak / 1e6:F0} MB, estimate {estimate.TrainingBytes / 1e6:F0} MB");
        ((double)estimate.TrainingBytes / peak).Should().BeInRange(0.8, 1.2);
    }

    private static void Step(TransformerPolicy policy, AdamW optimizer, TokenBatch batch)
    {
        using (NewDisposeScope()) policy.Score(batch).LogProbs.mean().backward();
        optimizer.Step(1e-5);
    }

    // What a first step compiles and loads is not the model's.
    private static void WarmUp()
    {
        using TransformerPolicy policy = new(DecoderModel.Create(Wide with { VocabularySize = 512, Layers = 1 }, 3), new NumberTokenizer());
        using var optimizer = new AdamW(policy.Parameters);
        Step(policy, optimizer, Batch(1, 160));
    }

    private static TokenBatch Batch(int count, int length)
        => new([.. Enumerable.Range(0, count).Select(_ => new TokenSequence(Tokens(8), Tokens(length - 8)))]);

    private static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => i * 7 % 50)];
}
