using System.Runtime.InteropServices;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Estimation;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;

namespace Mel.Transformers.Tests.Estimation;

/// <summary>Work that no machine has the memory for is refused by the allocator at once, and named.</summary>
[TestFixture, NoTensorLeaks]
public sealed class ModelMemoryTests
{
    // Keys and values of a token: 2 x 2 layers x 16 heads x 4096 numbers x 4 bytes = 2^20 bytes. A sequence of 2^24 tokens takes 2^44, and 64 of them 2^50.
    private const int Context = 1 << 24;

    private static readonly SamplingRequest[] Requests = [new(new[] { 1, 2, 3 }, 64, 0)];

    [Test]
    public async Task Sample_CacheThatFitsNowhere_IsATypedErrorWithTheEstimate()
    {
        using TransformerPolicy policy = Policy();

        ModelMemoryException e = (await policy.Awaiting(p => p.SampleAsync(Requests, new SamplingOptions { MaxTokens = Context })).Should().ThrowAsync<ModelMemoryException>()).Which;

        e.Should().BeAssignableTo<OutOfMemoryException>();
        e.InnerException.Should().BeOfType<ExternalException>();
        long cache = 1L << 50, estimate = policy.Estimate(new() { SequenceTokens = Context, PromptTokens = 3, SampledSequences = 64 }).SamplingBytes;
        e.EstimatedBytes.Should().Be(estimate).And.BeGreaterThan(cache);
        e.Message.Should().Match(
            $"Sampling 64 sequences of up to {Context} tokens at once with Float32 weights does not fit into memory: by the estimate it takes 1125900.041 GB, "
            + "1125899.907 GB of it for keys and values; lower CacheBytes or ConcurrentSequences of the policy, or MaxTokens.*");
    }

    [Test]
    public async Task Sample_AfterMemoryRanOut_GoesOn()
    {
        using TransformerPolicy policy = Policy();
        await policy.Awaiting(p => p.SampleAsync(Requests, new SamplingOptions { MaxTokens = Context })).Should().ThrowAsync<ModelMemoryException>();

        (await policy.SampleAsync([new(new[] { 1, 2, 3 }, 2, 0)], new SamplingOptions { MaxTokens = 4 }))[0].Should().HaveCount(2);
    }

    [Test]
    public async Task Stream_CacheThatFitsNowhere_IsATypedError()
    {
        using TransformerPolicy policy = Policy(sequences: 1);

        await FluentActions.Awaiting(async () =>
        {
            await foreach (var _ in policy.StreamAsync(new[] { 1 }, new SamplingOptions { MaxTokens = Context }, 0))
            {
            }
        }).Should().ThrowAsync<ModelMemoryException>();
    }

    [Test]
    public void Scoring_AllocationThatFails_NamesTheBatchAndItsActivations()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        TokenBatch batch = new([new(new[] { 1, 2 }, new[] { 3, 4, 5 }), new(new[] { 1 }, new[] { 2 })]);
        ResourceEstimate estimate = policy.Estimate(new() { SequenceTokens = 5, PromptTokens = 2, MicroBatchSequences = 2 });

        // 2^60 bytes: what a batch of such a size asks for.
        ModelMemoryException e = FluentActions.Invoking(() => MemoryGuard.Scoring(policy.Model, batch, () => TorchSharp.torch.empty(1L << 58)))
            .Should().Throw<ModelMemoryException>().Which;

        e.EstimatedBytes.Should().Be(estimate.TrainingBytes);
        e.Message.Should().Match("Scoring 2 sequences of up to 5 tokens with Float32 weights does not fit into memory: by the estimate it takes * MB, * MB of it for activations*lower MicroBatchTokens*");
    }

    [Test]
    public void Scoring_OtherFailures_StayWhatTheyAre()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        TokenBatch batch = new([new(new[] { 1 }, new[] { 2 })]);
        using TorchSharp.torch.Tensor two = TorchSharp.torch.ones(2);

        FluentActions.Invoking(() => MemoryGuard.Scoring(policy.Model, batch, () => two.view(3))).Should().Throw<ExternalException>().WithMessage("*shape '*3*' is invalid*");
    }

    private static TransformerPolicy Policy(int sequences = 512)
        => new(DecoderModel.Create(TinyModels.Config() with { ContextTokens = Context, Heads = 16, KeyValueHeads = 16, HeadSize = 4096 }, 3, TorchSharp.torch.ScalarType.Float32), new NumberTokenizer(), null,
            new TransformerPolicyOptions { CacheBytes = long.MaxValue, ConcurrentSequences = sequences });
}
