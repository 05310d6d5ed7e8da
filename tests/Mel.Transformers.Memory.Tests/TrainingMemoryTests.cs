using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Adapters;
using Mel.Transformers.Estimation;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Memory.Tests;

/// <summary>Resident memory of training as the system sees it.</summary>
[TestFixture, NonParallelizable, NoTensorLeaks]
public sealed class TrainingMemoryTests
{
    private static readonly ModelConfig Small = new()
    {
        Family = DecoderFamily.Qwen3, VocabularySize = 50, HiddenSize = 32, IntermediateSize = 48, Layers = 2, Heads = 4, KeyValueHeads = 2, HeadSize = 16,
        ContextTokens = 64, TiedEmbeddings = true, InitializerRange = 0.25, StopTokenIds = [7],
    };

    private static readonly ModelConfig Wide = Small with
    {
        VocabularySize = 16_384, HiddenSize = 512, IntermediateSize = 1536, Layers = 4, Heads = 8, KeyValueHeads = 4, HeadSize = 64, ContextTokens = 512,
        InitializerRange = 0.02,
    };

    private int _threads;

    [OneTimeSetUp]
    public void Prepare()
    {
        _threads = get_num_threads();
        if (!NativeMemory.IsMeasurable) Assert.Ignore("Resident memory is read from /proc.");
        NativeMemory.ReturnLargeBlocks();
        // The products are small, and two threads on a busy machine wait for each other.
        set_num_threads(1);
    }

    [OneTimeTearDown]
    public void Restore() => set_num_threads(_threads);

    [Test]
    public void Step_AHundredTimes_KeepsMemoryFlat(
        [Values] bool lora, [Values] bool recompute, [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(Small, 3, type), new NumberTokenizer());
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

    // The steps of a first optimizer load and compile what is the runtime's own. Then the second of two steps counts: it adds to gradients that are there, as every
    // micro-batch but the first does.
    [Test]
    public void Estimate_PeakOfATrainingStep_IsWithinAFifth(
        [Values] bool lora, [Values] bool recompute, [Values(ScalarType.Float32, ScalarType.BFloat16)] ScalarType type)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(Wide, 3, type), new NumberTokenizer());
        policy.Model.RecomputesActivations = recompute;
        if (lora) policy.Model.AddLora(new LoraOptions(), 1);
        TokenBatch batch = Batch(2, 256);
        ResourceEstimate estimate = policy.Estimate(new ResourceEstimateOptions { SequenceTokens = 256, PromptTokens = 8, MicroBatchSequences = 2 });
        PeakOfSecondStep(policy, batch);
        long inUse = estimate.TrainingBytes - estimate.AllocatorBytes;                  // here the allocator gives everything back
        // What the runtime does beside a step can only add to its peak: one that is too high is measured again, and the lowest counts.
        long peak = long.MaxValue;
        for (int i = 0; i < 3 && inUse < 0.8 * peak; i++)
        {
            NativeMemory.Trim();
            long rest = NativeMemory.Resident - estimate.WeightBytes;
            peak = Math.Min(peak, PeakOfSecondStep(policy, batch) - rest);
        }

        TestContext.Out.WriteLine($"peak {peak / 1e6:F0} MB, estimate {inUse / 1e6:F0} MB");
        ((double)inUse / peak).Should().BeInRange(0.8, 1.2);
    }

    private static void Step(TransformerPolicy policy, AdamW optimizer, TokenBatch batch)
    {
        using (NewDisposeScope()) policy.Score(batch).LogProbs.mean().backward();
        optimizer.Step(1e-5);
    }

    private static long PeakOfSecondStep(TransformerPolicy policy, TokenBatch batch)
    {
        using var optimizer = new AdamW(policy.Parameters);
        Step(policy, optimizer, batch);
        long peak = NativeMemory.PeakDuring(() => Step(policy, optimizer, batch));
        foreach (Tensor parameter in policy.Parameters.Values) parameter.grad = null;
        return peak;
    }

    private static TokenBatch Batch(int count, int length)
        => new([.. Enumerable.Range(0, count).Select(_ => new TokenSequence(Tokens(8), Tokens(length - 8)))]);

    private static int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(i => i * 7 % 50)];
}
