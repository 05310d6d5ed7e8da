using Mel.Advantages;
using Mel.Core.Tests.Objectives;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>An update scores the rows its terms need: never more at once than the limit says, and none twice.</summary>
[TestFixture, NoTensorLeaks]
public sealed class UpdateRowsTests
{
    [TestCase(Conditioning.Retrospective, 40, 10)]
    [TestCase(Conditioning.Question, 40, 6)]
    [TestCase(Conditioning.Heuristic, 40, 1)]
    [TestCase(Conditioning.Both, 80, 11)]
    public void Update_LongExperiences_StayWithinTheLimit(Conditioning conditioning, int rows, int passes)
    {
        // 20 tokens of context or 7 of question, 21 of experience, 4 of them recalled after one: rows of 41, 28 or 5 tokens.
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoreSpy spy = new(policy);
        RolloutGroup[] groups = [.. Enumerable.Range(0, 40).Select(_ => Batches.Group(policy, "abcdabc", ["b", "c"], 0))];
        RolloutBatch rollouts = groups.With([.. groups.Select(g => LongExperience(policy, g))]);
        Advantage[][] none = [.. groups.Select(_ => new[] { Advantage.Excluded, Advantage.Excluded })];
        using PolicyUpdater updater = new(spy, new MetaExperienceObjective(new ClippedSurrogateObjective(), new() { Conditioning = conditioning }),
            new TrainerOptions { MicroBatchTokens = 200 });

        UpdateReport report = updater.Update(rollouts, none, [], new TrainingState(0, 0, 0, 0));

        report.HasSignal.Should().BeTrue();
        spy.Batches.Sum(b => b.Sequences.Count).Should().Be(rows);
        spy.Batches.Should().OnlyContain(b => b.Sequences.Count * b.Sequences.Max(s => s.Context.Length + s.Response.Length) <= 200);
        spy.Calls.Should().Be(passes);
    }

    [Test]
    public void Update_SecondTermOnTheRowsOfTheFirst_TrainsWithOnePass()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoreSpy spy = new(policy);

        float[] both = Moved(policy, spy, o => new WithSquares(o));
        spy.Calls.Should().Be(1);
        float[] policyAlone = Moved(policy, policy, o => o), squaresAlone = Moved(policy, policy, o => new WithSquares(o, alone: true));

        both.Should().Contain(v => Math.Abs(v) > 1e-3f);
        both.Should().Equal(policyAlone.Zip(squaresAlone, (p, s) => p + s), (a, b) => Math.Abs(a - b) < 2e-5f, "the gradient is the sum of both terms'");
    }

    /// <summary>How an update in which AdamW is linear in the gradient moves the parameters, which are then put back.</summary>
    private static float[] Moved(BigramPolicy policy, IPolicy scored, Func<IObjective, IObjective> decorate)
    {
        float[] before = policy.Snapshot();
        RolloutGroup[] groups = [Batches.Group(policy, "a", ["b", "cdab", "dd", "ca"], 0, 2)];
        TrainerOptions options = new() { Optimizer = new OptimizerOptions { LearningRate = 1e4, Epsilon = 1e4, MaxGradientNorm = 0 } };
        using (PolicyUpdater updater = new(scored, decorate(new ClippedSurrogateObjective()), options))
            updater.Update(new RolloutBatch(groups), new GroupRelativeAdvantage().Estimate(groups), [], new TrainingState(0, 0, 0, 0));
        float[] moved = [.. policy.Snapshot().Zip(before, (now, then) => now - then)];
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        policy.Parameters["logits"].copy_(tensor(before).view(policy.Parameters["logits"].shape));
        return moved;
    }

    private static MetaExperience LongExperience(BigramPolicy policy, RolloutGroup group)
    {
        MetaExperience experience = Batches.Experience(policy, group, "abcdabcdabcdabcdabcd", context: "abcdxabcdxabcdxabcdx");
        return experience with { Sections = experience.Sections with { Recall = new TextSpan(17, 3) } };
    }

    /// <summary>Adds the sum of the squared log-probabilities of the tokens of the first term.</summary>
    private sealed class WithSquares(IObjective inner, bool alone = false) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
        {
            IReadOnlyList<ILossTerm> terms = base.Terms(batch);
            SquareTerm squares = new(terms[0].Rows);
            return alone ? [squares] : [.. terms, squares];
        }
    }

    private sealed class SquareTerm(IReadOnlyList<ScoringRow> rows) : ILossTerm
    {
        public string Name => "squares";

        public IReadOnlyList<ScoringRow> Rows => rows;

        public TermValue Evaluate(ScoredRows scored)
        {
            using var scope = NewDisposeScope();
            return new TermValue((scored.LogProbs.square() * scored.Mask).sum().mul(0.01f).MoveToOuterDisposeScope(), []);
        }
    }
}
