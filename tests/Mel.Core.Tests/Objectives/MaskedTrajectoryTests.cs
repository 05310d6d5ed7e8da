using Mel.Advantages;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

/// <summary>Tokens that the policy did not write (a tool's output) are in the context of what follows, and nowhere else.</summary>
[TestFixture, NoTensorLeaks]
public sealed class MaskedTrajectoryTests
{
    private static readonly float Uniform = (float)Math.Log(1 / 3.0);

    [Test]
    public void Totals_CountTokensThatTrain_AndLeaveOutTrajectoriesWithoutAny()
    {
        using BigramPolicy policy = new("ab!");

        BatchTotals totals = Batch(policy, 0, Attempt(policy, "aa!", 0, [false, false, false])).Totals;

        totals.Should().BeEquivalentTo(new { Prompts = 1, Trajectories = 2, Tokens = 5L });
    }

    // 3 of 4 tokens with advantage 2, 2 of 2 with -1, every ratio 1.1.
    [TestCase(Aggregation.TokenMean, (-2.2 * 3 + 1.1 * 2) / 5)]
    [TestCase(Aggregation.SequenceMeanTokenMean, (-2.2 + 1.1) / 2)]
    [TestCase(Aggregation.SequenceMeanTokenSum, (-2.2 * 3 + 1.1 * 2) / 2)]
    [TestCase(Aggregation.FixedLength, (-2.2 * 3 + 1.1 * 2) / (2 * 10))]
    public void Loss_OverTokensThatTrain_ByHand(Aggregation aggregation, double expected)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = Zero();

        ObjectiveResult result = new ClippedSurrogateObjective(new() { Aggregation = aggregation, FixedLength = 10 }).Evaluate(policy, Batch(policy, 7));

        result.Total().item<float>().Should().BeApproximately((float)expected, 1e-5f);
    }

    [TestCaseSource(nameof(Objectives))]
    public void LogProbs_UnderTheMask_HaveNoEffectOnLossGradientAndFigures(string name, IObjective objective)
    {
        (float loss, float[] gradient, Dictionary<string, double> figures) = Evaluate(objective, 0);
        foreach (float hidden in new[] { float.NaN, 1e30f, float.NegativeInfinity })
        {
            (float given, float[] givenGradient, Dictionary<string, double> givenFigures) = Evaluate(objective, hidden);

            given.Should().Be(loss, name);
            givenGradient.Should().Equal(gradient).And.OnlyContain(g => float.IsFinite(g));
            givenFigures.Should().Equal(figures).And.NotContain(f => !double.IsFinite(f.Value));
        }
    }

    [TestCaseSource(nameof(Objectives))]
    public void Scores_UnderTheMask_MayBeNaN_AndGetNoGradient(string name, IObjective objective)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = Zero();
        ILossTerm term = objective.Terms(Batch(policy, float.NaN))[0];
        Tensor scores = tensor(new[,] { { Uniform, float.NaN, Uniform, Uniform }, { Uniform, Uniform, 0, 0 } }).requires_grad_(),
            entropy = tensor(new[,] { { 1f, float.NaN, 1, 1 }, { 1, 1, 0, 0 } });
        Tensor mask = tensor(new[,] { { true, true, true, true }, { true, true, false, false } });

        TermValue value = term.Evaluate(new ScoredRows([0, 1], scores, mask, entropy));
        value.Loss.backward();

        float[] slopes = [.. scores.grad!.data<float>()];
        value.Loss.item<float>().Should().Match(l => float.IsFinite(l), name);
        slopes.Should().OnlyContain(s => float.IsFinite(s)).And.HaveElementAt(1, 0f).And.HaveElementAt(6, 0f).And.HaveElementAt(7, 0f);
        slopes.Count(s => s != 0).Should().Be(5);
        value.Metrics.Should().OnlyContain(m => double.IsFinite(m.Value));
    }

    [Test]
    public void Gradient_OfATokenUnderTheMask_IsZero()
    {
        // b follows a only under the mask: the loss does not depend on the logits of that step.
        using var scope = NewDisposeScope();
        using BigramPolicy policy = Zero();
        RolloutGroup group = new(new Prompt("q", "q", "?"), policy.Encode("b"), [Attempt(policy, "ab!", 0, [true, false, true])], [Verdict.Correct]);

        new LogLikelihoodObjective().Evaluate(policy, TrainingBatch.Create(new RolloutBatch([group]), [[Advantage.OfTrajectory(1)]])).Total().backward();

        using Tensor gradient = policy.Parameters["logits"].grad!;
        gradient[0].abs().sum().item<float>().Should().Be(0, "only the masked token follows a");
        gradient[1].abs().sum().item<float>().Should().BePositive();
    }

    private static IEnumerable<TestCaseData> Objectives() =>
    [
        Case("clipped", new ClippedSurrogateObjective()),
        Case("clipped, k3, entropy", new ClippedSurrogateObjective(new() { KlCoefficient = 0.1, KlEstimator = KlEstimator.K3, EntropyCoefficient = 0.01 })),
        Case("sequence ratio", new ClippedSurrogateObjective(new() { RatioLevel = RatioLevel.Sequence, Aggregation = Aggregation.SequenceMeanTokenMean })),
        Case("cispo, k2", new CispoObjective(new() { KlCoefficient = 0.1 })),
        Case("likelihood", new LogLikelihoodObjective()),
        Case("corrected", new ClippedSurrogateObjective(new() { SamplerCorrection = new() })),
    ];

    private static TestCaseData Case(string name, IObjective objective) => new TestCaseData(name, objective).SetArgDisplayNames(name);

    private static (float Loss, float[] Gradient, Dictionary<string, double> Figures) Evaluate(IObjective objective, float hidden)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        ObjectiveResult result = objective.Evaluate(policy, Batch(policy, hidden));
        result.Total().backward();
        using Tensor gradient = policy.Parameters["logits"].grad!;
        return (result.Total().item<float>(), [.. gradient.data<float>()],
            result.Values[0].Metrics.GroupBy(m => m.Name).ToDictionary(m => m.Key, m => m.Sum(v => v.Value)));
    }

    private static BigramPolicy Zero()
    {
        BigramPolicy policy = new("ab!");
        using var noGrad = no_grad();
        policy.Parameters["logits"].zero_().Dispose();
        return policy;
    }

    /// <summary>Four tokens, the second of them a tool's, and two of the policy's own.</summary>
    private static TrainingBatch Batch(BigramPolicy policy, float hidden, params IReadOnlyList<Trajectory> further)
    {
        Trajectory[] trajectories = [Attempt(policy, "aba!", hidden, [true, false, true, true]), Attempt(policy, "a!", hidden, []), .. further];
        RolloutGroup group = new(new Prompt("q", "q", "?"), policy.Encode("a"), trajectories, [.. trajectories.Select(_ => (Judgement)Verdict.Correct)]);
        return TrainingBatch.Create(new RolloutBatch([group]), [[.. trajectories.Select((_, i) => Advantage.OfTrajectory(i == 0 ? 2 : -1))]]);
    }

    private static Trajectory Attempt(BigramPolicy policy, string text, float hidden, bool[] mask)
    {
        float[] Of(float value) => [.. Enumerable.Range(0, text.Length).Select(t => mask.Length == 0 || mask[t] ? value : hidden)];
        return new Trajectory(policy.Encode(text), Of(Uniform - (float)Math.Log(1.2)), text[..^1], FinishReason.Stop)
        {
            Mask = mask, ReferenceLogProbs = Of(-1.3f), PolicyLogProbs = Of(Uniform - (float)Math.Log(1.1)),
        };
    }
}
