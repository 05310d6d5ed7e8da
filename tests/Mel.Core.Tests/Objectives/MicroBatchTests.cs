using Mel.Losses;
using Mel.Rewards;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

[TestFixture, NoTensorLeaks]
public sealed class MicroBatchTests
{
    private const string Alphabet = "abcdxr!";

    [TestCase("grpo", Conditioning.Retrospective, ExperienceNormalization.PromptMeanAll)]
    [TestCase("paper", Conditioning.Both, ExperienceNormalization.PromptMeanNonEmpty)]
    [TestCase("dr-grpo", Conditioning.Question, ExperienceNormalization.ExperienceMean)]
    [TestCase("gspo", Conditioning.Heuristic, ExperienceNormalization.PromptMeanAll)]
    [TestCase("rft", Conditioning.Retrospective, ExperienceNormalization.PromptMeanAll)]
    public void Split_PartsAddUpToTheWhole_InValueAndGradient(string name, Conditioning conditioning, ExperienceNormalization normalization)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        Algorithm algorithm = Algorithm.Named(name).WithMetaExperience(new() { Conditioning = conditioning, Normalization = normalization });
        TrainingBatch batch = Batch(policy, algorithm.Advantages);

        (float[] loss, float[] gradient, Dictionary<string, double> metrics) = Evaluate(policy, algorithm.Objective, [batch]);
        foreach (int tokens in new[] { 1, 12, 25, 60 })
        {
            IReadOnlyList<TrainingBatch> parts = batch.Split(tokens);
            (float[] partLoss, float[] partGradient, Dictionary<string, double> partMetrics) = Evaluate(policy, algorithm.Objective, parts);

            parts.Count.Should().BeGreaterThan(1);
            partLoss.Should().Equal(loss, (a, b) => Math.Abs(a - b) < 1e-6f);
            partGradient.Should().Equal(gradient, (a, b) => Math.Abs(a - b) < 1e-6f);
            foreach ((string metric, double value) in metrics.Where(m => m.Key != "sampling/sampling_logp_difference/max")) partMetrics[metric].Should().BeApproximately(value, 1e-5, metric);
        }
    }

    [Test]
    public void Split_NoPartExceedsTheLimit_AndEachRowIsInOne()
    {
        using BigramPolicy policy = new(Alphabet);
        TrainingBatch batch = Batch(policy, new GroupRelativeAdvantage());

        IReadOnlyList<TrainingBatch> parts = batch.Split(20);

        parts.SelectMany(p => p.Samples).Should().BeEquivalentTo(batch.Samples);
        parts.SelectMany(p => p.Experiences).Should().BeEquivalentTo(batch.Experiences);
        parts.Should().OnlyContain(p => ReferenceEquals(p.Totals, batch.Totals) && (p.Samples.Count == 0 || p.Experiences.Count == 0));
        foreach (TrainingBatch part in parts.Where(p => p.Samples.Count > 1))
            (part.Samples.Count * part.Samples.Max(s => s.Sequence.Context.Length + s.Sequence.Response.Length)).Should().BeLessThanOrEqualTo(20);
    }

    [Test]
    public void Split_EmptyBatch_IsOnePart()
    {
        TrainingBatch batch = TrainingBatch.Create([], []);

        batch.Split(10).Should().Equal(batch);
    }

    [Test]
    public void Create_CountsThatDoNotMatch_AreRefused()
    {
        RolloutGroup group = Trajectories.Group(new Prompt("q", "q", "?"), ["a", "b"], 0);

        FluentActions.Invoking(() => TrainingBatch.Create([group], [])).Should().Throw<ArgumentException>().WithMessage("There are 1 groups but advantages for 0*");
        FluentActions.Invoking(() => TrainingBatch.Create([group], [[Advantage.OfTrajectory(1)]])).Should().Throw<ArgumentException>().WithMessage("Group 0 has 2 trajectories but 1 advantages*");
    }

    [TestCase(Conditioning.Retrospective, "bx")]
    [TestCase(Conditioning.Question, "a")]
    [TestCase(Conditioning.Heuristic, "r")]
    public void MetaExperience_Conditioning_ScoresAfterItsContext(Conditioning conditioning, string context)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        ScoreSpy spy = new(policy);

        new MetaExperienceObjective(new LogLikelihoodObjective(), new() { Conditioning = conditioning }).Evaluate(spy, ExperiencesOnly(policy));

        TokenSequence scored = spy.Batches.Single().Sequences[0];
        scored.Context.ToArray().Should().Equal(policy.Encode(context).ToArray());
        scored.Response.ToArray().Should().Equal(policy.Encode(conditioning == Conditioning.Heuristic ? "cd!" : "abcd!").ToArray());
        spy.Batches[0].Temperature.Should().Be(1, "the likelihood is that of the policy, not of its sampler");
    }

    [TestCase(0.0), TestCase(0.01)]
    public void Policy_Entropy_CarriesGradientOnlyWhereItIsPartOfTheLoss(double coefficient)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        ScoreSpy spy = new(policy);

        new ClippedSurrogateObjective(new() { EntropyCoefficient = coefficient }).Evaluate(spy, Batch(policy, new GroupRelativeAdvantage()));

        (spy.Batches.Single().IncludeEntropy, spy.Batches[0].EntropyGradient).Should().Be((true, coefficient != 0));
    }

    [Test]
    public void MetaExperience_ControlTarget_IsTheCorrectAttemptAfterTheQuestion()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        ScoreSpy spy = new(policy);

        ObjectiveResult result = new MetaExperienceObjective(new LogLikelihoodObjective(), new() { Target = InternalizationTarget.CorrectTrajectory }).Evaluate(spy, ExperiencesOnly(policy));

        TokenSequence scored = spy.Batches.Single().Sequences[0];
        scored.Context.ToArray().Should().Equal(policy.Encode("a").ToArray());
        scored.Response.ToArray().Should().Equal(policy.Encode("bcd!").ToArray());
        result.Metrics.Should().Contain(m => m.Name == "mel/tokens" && m.Value == 4);
    }

    [Test]
    public void MetaExperience_NothingToAdd_ReturnsTheInnerResultItself()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        FixedObjective inner = new();

        new MetaExperienceObjective(inner).Evaluate(policy, TrainingBatch.Create([], [])).Should().BeSameAs(inner.Result);
        new MetaExperienceObjective(inner, new() { Weight = 0 }).Evaluate(policy, ExperiencesOnly(policy)).Should().BeSameAs(inner.Result);
    }

    [Test]
    public void Total_TermScaledByGradient_SaysThatOnlyATrainerCan()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Alphabet);
        ObjectiveResult result = new MetaExperienceObjective(new FixedObjective(), new() { Scaling = TermScalingKind.GradientNormRatio }).Evaluate(policy, ExperiencesOnly(policy));

        result.Invoking(r => r.Total()).Should().Throw<InvalidOperationException>().WithMessage("The term 'meta_experience' is scaled by GradientNormRatio*use the Trainer*");
    }

    private static (float[] Loss, float[] Gradient, Dictionary<string, double> Metrics) Evaluate(BigramPolicy policy, IObjective objective, IReadOnlyList<TrainingBatch> parts)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, float> losses = [];
        Dictionary<string, double> metrics = [];
        foreach (TrainingBatch part in parts)
        {
            ObjectiveResult result = objective.Evaluate(policy, part);
            foreach (LossTerm term in result.Terms)
            {
                losses[term.Name] = losses.GetValueOrDefault(term.Name) + term.Loss.item<float>();
                if (term.Loss.requires_grad) term.Loss.backward();
            }

            foreach (ObjectiveMetric metric in result.Metrics) metrics[metric.Name] = metrics.GetValueOrDefault(metric.Name) + metric.Value;
        }

        using Tensor gradient = policy.Parameters["logits"].grad!;
        float[] values = [.. gradient.data<float>()];
        policy.Parameters["logits"].grad = null;
        return ([.. losses.Values], values, metrics);
    }

    private static TrainingBatch Batch(BigramPolicy policy, IAdvantageEstimator estimator)
    {
        RolloutGroup[] groups = [Group(policy, "a", ["b", "cdab", "dd", "ca"], 0, 2), Group(policy, "c", ["aaaa", "b", "cc"], 1), Group(policy, "d", ["a", "b"], 0, 1)];
        MetaExperience[] experiences = [Experience(policy, groups[0], "abcd"), Experience(policy, groups[0], "xrxrx"), Experience(policy, groups[1], "bcd")];
        return TrainingBatch.Create(groups, estimator.Estimate(groups), experiences);
    }

    private static TrainingBatch ExperiencesOnly(BigramPolicy policy)
    {
        RolloutGroup group = Group(policy, "a", ["bcd", "c"], 0);
        return TrainingBatch.Create([group], [[Advantage.Excluded, Advantage.Excluded]], [Experience(policy, group, "abcd")], temperature: 0.5);
    }

    private static RolloutGroup Group(BigramPolicy policy, string question, string[] texts, params int[] correct) => new(
        new Prompt(question, question, "?"), policy.Encode(question),
        [.. texts.Select((text, i) => new Trajectory(policy.Encode(text + "!"), Enumerable.Range(0, text.Length + 1).Select(t => -1.5f - (0.2f * ((i + t) % 5))).ToArray(), text, FinishReason.Stop))],
        [.. texts.Select((_, i) => correct.Contains(i) ? Verdict.Correct : Verdict.Incorrect)]);

    private static MetaExperience Experience(BigramPolicy policy, RolloutGroup group, string text) => new(
        new ContrastivePair(group, 0, 1), policy.Encode("bx"),
        new Trajectory(policy.Encode(text + "!"), new float[text.Length + 1], text, FinishReason.Stop) { TextEnds = Enumerable.Range(1, text.Length + 1).Select(n => Math.Min(n, text.Length)).ToArray() },
        new ExperienceSections(new(0, 1), new(1, 1), new(2, text.Length - 2)), policy.Encode("r"));

    private sealed class FixedObjective : IObjective
    {
        public ObjectiveResult Result { get; } = new([]);

        public ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch) => Result;
    }

    private sealed class ScoreSpy(IPolicy inner) : DelegatingPolicy(inner)
    {
        public List<TokenBatch> Batches { get; } = [];

        public override TokenScores Score(TokenBatch batch)
        {
            Batches.Add(batch);
            return base.Score(batch);
        }
    }
}
