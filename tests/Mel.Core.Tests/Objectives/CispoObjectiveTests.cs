using Mel.Advantages;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

[TestFixture, NoTensorLeaks]
public sealed class CispoObjectiveTests
{
    [TestCase(5, 0, 5.0)]       // capped
    [TestCase(10, 0, 8.0)]      // the ratio itself
    [TestCase(10, 9, 9.0)]      // raised
    public void Evaluate_TokenFarFromTheClip_KeepsACappedGradient(double maxWeight, double minWeight, double weight)
    {
        // One token of log-probability -1 with a ratio of 8 and an advantage of 2.
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        Trajectory trajectory = new(policy.Encode("b"), new[] { -1f - (float)Math.Log(8) }, "b", FinishReason.Length);
        RolloutGroup group = new(new Prompt("q", "q", "?"), policy.Encode("a"), [trajectory], [Verdict.Correct]);
        TrainingBatch batch = TrainingBatch.Create(new RolloutBatch([group]), [[Advantage.OfTrajectory(2)]]);
        ILossTerm term = new CispoObjective(new() { MaxWeight = maxWeight, MinWeight = minWeight }).Terms(batch).Single();
        Tensor logProbs = tensor(new[,] { { -1f } }).requires_grad_();

        TermValue value = term.Evaluate(new ScoredRows([0], logProbs, ones(1, 1, dtype: ScalarType.Bool), zeros(1, 1)));
        value.Loss.backward();

        value.Loss.item<float>().Should().BeApproximately((float)(weight * 2), 1e-4f, "-w A log pi");
        logProbs.grad!.item<float>().Should().BeApproximately((float)(-weight * 2), 1e-4f, "the weight is a constant");
        term.IsTokenwise.Should().BeTrue();
    }
}
