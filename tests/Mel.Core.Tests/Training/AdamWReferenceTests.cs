using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>AdamW against TorchSharp's. No leak check: a TorchSharp parameter takes over its tensor's handle, which the count of live tensors never notices.</summary>
[TestFixture]
public sealed class AdamWReferenceTests
{
    [TestCase(0.0)]
    [TestCase(0.01)]
    [TestCase(0.1)]
    public void Step_Float32_EqualsTorchOptimAdamW(double weightDecay)
    {
        using var scope = NewDisposeScope();
        Tensor ours = randn([4, 3], generator: new Generator(1)).requires_grad_(), vector = randn([5], generator: new Generator(2)).requires_grad_();
        var theirs = new TorchSharp.Modules.Parameter(ours.detach().clone());
        var theirVector = new TorchSharp.Modules.Parameter(vector.detach().clone());
        OptimizerOptions options = new() { Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = weightDecay };
        using AdamW adam = new(new Dictionary<string, Tensor> { ["matrix"] = ours, ["vector"] = vector }, options, decayVectors: true);
        // TorchSharp decays by 0.01 unless told otherwise.
        using var torchs = optim.AdamW([theirs, theirVector], lr: 0.05, beta1: 0.8, beta2: 0.95, eps: 1e-6, weight_decay: weightDecay);

        for (int step = 0; step < 6; step++)
        {
            Tensor g = randn([4, 3], generator: new Generator((ulong)(10 + step))), h = randn([5], generator: new Generator((ulong)(20 + step)));
            (ours.grad, vector.grad, theirs.grad, theirVector.grad) = (g.clone(), h.clone(), g.clone(), h.clone());
            adam.Step(learningRate: 0.05);
            torchs.step();
            Compare(ours, theirs);
            Compare(vector, theirVector);
        }

        adam.Steps.Should().Be(6);
        (ours.grad, vector.grad, theirs.grad, theirVector.grad) = (null, null, null, null);

        static void Compare(Tensor given, Tensor expected) => (given - expected).abs().max().item<float>().Should().BeLessThan(1e-6f);
    }
}
