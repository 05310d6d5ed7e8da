using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Transformers.Adapters;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

[TestFixture, NoTensorLeaks]
public sealed class RecomputationTests
{
    private static readonly TokenBatch Batch = new([new TokenSequence(new[] { 1, 2 }, new[] { 3, 4, 5 }), new TokenSequence(new[] { 9 }, new[] { 8, 6 })]);

    [Test]
    public void Recomputation_Gradients_EqualThoseOfThePlainPass([Values] DecoderFamily family, [Values] bool lora)
    {
        using TransformerPolicy policy = TinyModels.Policy(family);
        if (lora) policy.Model.AddLora(new LoraOptions { Rank = 2 }, 1);
        using var scope = NewDisposeScope();
        var plain = Gradients(policy);
        policy.Model.RecomputesActivations = true;
        var recomputed = Gradients(policy);
        foreach (var (name, gradient) in plain)
            (recomputed[name] - gradient).abs().max().item<float>().Should().BeLessThan(1e-5f * Math.Max(1, gradient.abs().max().item<float>()), name);
    }

    [Test]
    public void Recomputation_FailureInTheBackwardPass_ThrowsOnTheCallersSide()
    {
        TransformerPolicy policy = TinyModels.Policy();
        policy.Model.RecomputesActivations = true;
        using var scope = NewDisposeScope();
        Tensor loss = policy.Score(Batch).LogProbs.sum();
        policy.Dispose();                                                               // the layers have nothing left to run again with
        loss.Invoking(l => BackwardGuard.Run(() => l.backward())).Should().Throw<InvalidOperationException>().WithInnerException<InvalidOperationException>();
    }

    // The fused kernels in float32 against the same formulas composed of libtorch operations in float64.
    [Test]
    public void FusedKernels_Gradients_EqualComposedOperations([Values] DecoderFamily family)
    {
        using TransformerPolicy fused = TinyModels.Policy(family);
        using TransformerPolicy composed = new(DecoderModel.Create(TinyModels.Config(family), 3, ScalarType.Float64), new NumberTokenizer());
        using var scope = NewDisposeScope();
        using (no_grad())
        {
            foreach (var (name, parameter) in fused.Parameters) composed.Parameters[name].copy_(parameter);
        }

        var expected = Gradients(composed);
        foreach (var (name, gradient) in Gradients(fused))
            (gradient - expected[name]).abs().max().item<double>().Should().BeLessThan(2e-5 * Math.Max(1, expected[name].abs().max().item<double>()), name);
    }

    private static Dictionary<string, Tensor> Gradients(TransformerPolicy policy)
    {
        policy.Score(Batch).LogProbs.sum().backward();
        var gradients = policy.Parameters.ToDictionary(p => p.Key, p => p.Value.grad!.clone());
        foreach (Tensor parameter in policy.Parameters.Values) parameter.grad!.zero_();
        return gradients;
    }
}
