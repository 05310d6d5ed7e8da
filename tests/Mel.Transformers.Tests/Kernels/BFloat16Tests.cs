using Mel.Head;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Kernels;

[TestFixture, NoTensorLeaks]
public sealed class BFloat16Tests
{
    [Test]
    public void Model_BFloat16_TrainsWithFloat32MastersAndScoresAsItSamples([Values] DecoderFamily family)
    {
        using var policy = new TransformerPolicy(DecoderModel.Create(TinyModels.Config(family), 3, ScalarType.BFloat16), new NumberTokenizer());
        using var scope = NewDisposeScope();
        var batch = new TokenBatch([new TokenSequence(new[] { 1, 2 }, new[] { 3, 4, 5 }), new TokenSequence(new[] { 9 }, new[] { 8, 6 })]);
        using var optimizer = new AdamW(policy.Parameters);
        var losses = new List<float>();
        for (int step = 0; step < 8; step++)
        {
            Tensor loss = policy.Score(batch).LogProbs.sum().neg();
            losses.Add(loss.item<float>());
            loss.backward();
            optimizer.Step(2e-3);
            foreach (Tensor parameter in policy.Parameters.Values) parameter.grad!.zero_();
        }

        losses[^1].Should().BeLessThan(losses[0] - 0.5f);
        policy.Parameters.Values.Should().OnlyContain(p => p.dtype == ScalarType.BFloat16);

        // A native product rounds its activations, as many rows as few, but sums them in another order.
        float allowed = NarrowProducts.AreNative(ScalarType.BFloat16) ? 0.15f : 1e-4f;
        var request = new SamplingRequest(new[] { 1, 2, 3 }, 6, 5);
        foreach (Trajectory t in policy.Sample([request], new SamplingOptions { MaxTokens = 8 })[0])
        {
            using var noGrad = no_grad();
            float[] scored = [.. policy.Score(new TokenBatch([new TokenSequence(request.PromptTokenIds, t.TokenIds)])).LogProbs.data<float>()];
            for (int i = 0; i < scored.Length; i++) scored[i].Should().BeApproximately(t.LogProbs.Span[i], allowed);
        }
    }
}
