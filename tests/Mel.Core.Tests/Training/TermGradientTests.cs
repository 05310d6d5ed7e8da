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

/// <summary>How the gradients of several terms become one.</summary>
[TestFixture, NoTensorLeaks]
public sealed class TermGradientTests
{
    [TestCase(100_000, 2)]
    [TestCase(20, 5)]
    public void Fixed_Terms_NeedOneBackwardPassPerMicroBatch_AndGiveTheGradientOfTheTotal(int microBatchTokens, int least)
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        BackwardCounter counter = new(policy);
        MetaExperienceObjective objective = new(new ClippedSurrogateObjective(), new() { Weight = 0.7, Conditioning = Conditioning.Both });
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());

        (float[] gradient, _) = Gradient(counter, objective, batch, microBatchTokens);

        counter.Forward.Should().BeGreaterThanOrEqualTo(least);
        counter.Backward.Should().Be(counter.Forward);
        Near(gradient, TotalGradient(policy, objective, batch));
    }

    [Test]
    public void Fixed_TermsOnTheSameRows_NeedOneBackwardPassTogether()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        BackwardCounter counter = new(policy);
        Twice objective = new(new ClippedSurrogateObjective(), TermScaling.Fixed(0.25));

        (float[] gradient, _) = Gradient(counter, objective, Batches.Of(policy, new GroupRelativeAdvantage()));

        (counter.Forward, counter.Backward).Should().Be((1, 1));
        Near(gradient, TotalGradient(policy, objective, Batches.Of(policy, new GroupRelativeAdvantage())));
    }

    [Test]
    public void ReportTermGradients_GivesTheSameGradient_AndTheNormOfEachTerm()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        ClippedSurrogateObjective inner = new(new() { EntropyCoefficient = 0.01 });
        MetaExperienceObjective objective = new(inner, new() { Weight = 0.7 });
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());

        (float[] together, IReadOnlyList<TermReport> silent) = Gradient(policy, objective, batch, 20);
        (float[] apart, IReadOnlyList<TermReport> reported) = Gradient(policy, objective, batch, 20, separate: true);

        Near(apart, together);
        silent.Should().OnlyContain(t => double.IsNaN(t.GradientNorm));
        silent.Select(t => t.Factor).Should().Equal(1, 0.7);
        reported.Select(t => (t.Name, t.Factor)).Should().Equal(("policy", 1), ("meta_experience", 0.7));
        reported[0].GradientNorm.Should().BeApproximately(Norm(Gradient(policy, inner, batch).Gradient), 1e-6);
        reported[1].GradientNorm.Should().BeApproximately(Norm(Gradient(policy, new MetaExperienceObjective(new Nothing()), batch).Gradient), 1e-6);
        for (int t = 0; t < 2; t++) reported[t].Loss.Should().BeApproximately(silent[t].Loss, 1e-6);
    }

    [Test]
    public void MetaExperience_TwiceAroundAnObjective_BothActAsTheirWeightsSay()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());
        MetaExperienceOptions first = new() { Weight = 0.5 }, second = new() { Weight = 2, Conditioning = Conditioning.Question };
        float[] rl = Gradient(policy, new ClippedSurrogateObjective(), batch).Gradient, one = Alone(policy, Conditioning.Retrospective, batch),
            two = Alone(policy, Conditioning.Question, batch);

        (float[] gradient, IReadOnlyList<TermReport> terms) = Gradient(policy,
            new MetaExperienceObjective(new MetaExperienceObjective(new ClippedSurrogateObjective(), first), second), batch);

        one.Should().NotEqual(two);
        Near(gradient, [.. rl.Select((g, i) => g + (0.5f * one[i]) + (2 * two[i]))]);
        terms.Select(t => t.Factor).Should().Equal(1, 0.5, 2);
    }

    [Test]
    public void MetaExperience_TwiceUnderRatioScaling_EachIsItsShareOfTheFirstTerm()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());
        MetaExperienceOptions first = new() { Weight = 0.5, Scaling = TermScalingKind.GradientNormRatio };
        MetaExperienceOptions second = new() { Weight = 0.25, Scaling = TermScalingKind.GradientNormRatio, Conditioning = Conditioning.Question };
        float[] rl = Gradient(policy, new ClippedSurrogateObjective(), batch).Gradient, one = Alone(policy, Conditioning.Retrospective, batch),
            two = Alone(policy, Conditioning.Question, batch);

        (float[] gradient, IReadOnlyList<TermReport> terms) = Gradient(policy,
            new MetaExperienceObjective(new MetaExperienceObjective(new ClippedSurrogateObjective(), first), second), batch);

        double a = 0.5 * Norm(rl) / Norm(one), b = 0.25 * Norm(rl) / Norm(two);
        Near(gradient, [.. rl.Select((g, i) => (float)(g + (a * one[i]) + (b * two[i])))]);
        terms[1].Factor.Should().BeApproximately(a, 1e-5);
        terms[2].Factor.Should().BeApproximately(b, 1e-5);
    }

    [Test]
    public void GradientNormRatio_WithoutTheTermItIsARatioTo_HasTheFactorZero()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());
        MetaExperienceOptions half = new() { Weight = 0.5, Scaling = TermScalingKind.GradientNormRatio };

        (float[] gradient, IReadOnlyList<TermReport> terms) = Gradient(policy, new MetaExperienceObjective(new Nothing(), half), batch);

        terms.Should().ContainSingle().Which.Factor.Should().Be(0);
        terms[0].GradientNorm.Should().BePositive();
        gradient.Should().BeEmpty("nothing reaches the parameters");
    }

    [Test]
    public void Combine_OneTermToldApart_ReportsItsNorm()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());

        (float[] gradient, IReadOnlyList<TermReport> terms) = Gradient(policy, new ClippedSurrogateObjective(), batch, separate: true);

        terms[0].GradientNorm.Should().BeApproximately(Norm(gradient), 1e-6).And.BePositive();
    }

    [Test]
    public void TermOfOnesOwn_OverTheRowsOfThePolicyTerm_AddsItsGradient()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.Of(policy, new GroupRelativeAdvantage());
        float[] alone = Gradient(policy, new ClippedSurrogateObjective(), batch).Gradient;

        (float[] gradient, IReadOnlyList<TermReport> terms) = Gradient(policy, new WithLikelihood(new ClippedSurrogateObjective(), 0.001), batch, 20);
        float[] likelihood = Gradient(policy, new WithLikelihood(new Nothing(), 1), batch).Gradient;

        Near(gradient, [.. alone.Select((g, i) => g + (0.001f * likelihood[i]))]);
        terms.Select(t => (t.Name, t.Factor)).Should().Equal(("policy", 1), ("policy", 0.001));
    }

    [Test]
    public void Update_TermsOfOneName_AreToldApartByANumber()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        RolloutGroup[] groups = [Batches.Group(policy, "a", ["b", "cdab", "dd", "ca"], 0, 2)];
        RolloutBatch rollouts = groups.With(Batches.Experience(policy, groups[0], "abcd"));
        IObjective objective = new MetaExperienceObjective(new MetaExperienceObjective(new Twice(new ClippedSurrogateObjective(), TermScaling.Fixed(0.5))));
        using PolicyUpdater updater = new(policy, objective, new TrainerOptions { ReportTermGradients = true });

        UpdateReport report = updater.Update(rollouts, new GroupRelativeAdvantage().Estimate(groups), [], new TrainingState(0, 0, 0, 0));

        report.Terms.Select(t => t.Name).Should().Equal("policy", "policy_2", "meta_experience", "meta_experience_2");
        report.Metrics.Keys.Should().Contain(["entropy/scored", "entropy/scored_2", "mel/nll", "mel/nll_2"]);
        report.Metrics["mel/tokens_2"].Should().Be(5);
        report.Terms[1].GradientNorm.Should().BeApproximately(report.Terms[0].GradientNorm, 1e-7);
    }

    private static float[] Alone(BigramPolicy policy, Conditioning conditioning, TrainingBatch batch)
        => Gradient(policy, new MetaExperienceObjective(new Nothing(), new() { Conditioning = conditioning }), batch).Gradient;

    private static (float[] Gradient, IReadOnlyList<TermReport> Terms) Gradient(
        IPolicy policy, IObjective objective, TrainingBatch batch, int microBatchTokens = 100_000, bool separate = false)
    {
        using var scope = NewDisposeScope();
        IReadOnlyList<ILossTerm> terms = objective.Terms(batch);
        using UpdateGradients gradients = new(policy, terms, [.. terms.Select(t => t.Name)], separate);
        foreach (MicroBatch part in new ScoringPlan(terms).MicroBatches(microBatchTokens)) gradients.Add(part);
        IReadOnlyList<TermReport> reports = gradients.Combine();
        return (policy.Parameters["logits"].grad is { } gradient ? [.. gradient.data<float>()] : [], reports);
    }

    private static float[] TotalGradient(BigramPolicy policy, IObjective objective, TrainingBatch batch)
    {
        using var scope = NewDisposeScope();
        objective.Evaluate(policy, batch).Total().backward();
        float[] gradient = [.. policy.Parameters["logits"].grad!.data<float>()];
        policy.Parameters["logits"].grad = null;
        return gradient;
    }

    private static void Near(float[] given, float[] expected)
    {
        expected.Should().Contain(g => Math.Abs(g) > 1e-3f);
        given.Should().Equal(expected, (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(v => (double)v * v));

    private sealed class Nothing : IObjective
    {
        public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [];
    }

    /// <summary>A decorator of somebody else: the likelihood of every trajectory, from the scores, under the name of the policy term.</summary>
    private sealed class WithLikelihood(IObjective inner, double weight) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [.. base.Terms(batch), new Likelihood(batch, weight)];

        private sealed class Likelihood(TrainingBatch batch, double weight) : ILossTerm
        {
            public string Name => PolicyObjective.TermName;

            public TermScaling Scaling => TermScaling.Fixed(weight);

            public IReadOnlyList<ScoringRow> Rows { get; } = [.. batch.Samples.Select(s => new ScoringRow(s.Sequence, batch.Temperature))];

            public TermValue Evaluate(ScoredRows scored) => new(-(scored.LogProbs * scored.Mask).sum(), []);
        }
    }

    /// <summary>The terms of an objective, and the first of them once more under a scaling of its own.</summary>
    private sealed class Twice(IObjective inner, TermScaling scaling) : DelegatingObjective(inner)
    {
        public override IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => [.. base.Terms(batch), new Scaled(base.Terms(batch)[0], scaling)];

        private sealed class Scaled(ILossTerm inner, TermScaling scaling) : ILossTerm
        {
            public string Name => inner.Name;

            public TermScaling Scaling => scaling;

            public IReadOnlyList<ScoringRow> Rows => inner.Rows;

            public IReadOnlyList<ObjectiveMetric> Metrics => inner.Metrics;

            public TermValue Evaluate(ScoredRows scored) => inner.Evaluate(scored);
        }
    }

    /// <summary>Counts how often log-probabilities are computed and how often a gradient comes back through them.</summary>
    private sealed class BackwardCounter(IPolicy inner) : DelegatingPolicy(inner)
    {
        private readonly int _before = Counted.Passes;

        public int Forward { get; private set; }

        public int Backward => Counted.Passes - _before;

        public override TokenScores Score(TokenBatch batch)
        {
            Forward++;
            TokenScores scores = base.Score(batch);
            return scores with { LogProbs = Counted.apply(scores.LogProbs) };
        }
    }

    private sealed class Counted : autograd.SingleTensorFunction<Counted>
    {
        public static int Passes { get; set; }

        public override string Name => nameof(Counted);

        public override Tensor forward(autograd.AutogradContext ctx, params object[] vars) => ((Tensor)vars[0]).clone();

        public override List<Tensor> backward(autograd.AutogradContext ctx, Tensor grad_output)
        {
            Passes++;
            return [grad_output.clone()];
        }
    }
}
