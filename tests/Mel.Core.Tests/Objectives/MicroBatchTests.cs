using Mel.Advantages;
using Mel.Algorithms;
using Mel.Experiences;
using Mel.Losses;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Objectives;

[TestFixture, NoTensorLeaks]
public sealed class MicroBatchTests
{
    [TestCase("grpo", Conditioning.Retrospective, ExperienceNormalization.PromptMeanAll)]
    [TestCase("paper", Conditioning.Both, ExperienceNormalization.PromptMeanNonEmpty)]
    [TestCase("dr-grpo", Conditioning.Question, ExperienceNormalization.ExperienceMean)]
    [TestCase("gspo", Conditioning.Heuristic, ExperienceNormalization.PromptMeanAll)]
    [TestCase("rft", Conditioning.Retrospective, ExperienceNormalization.PromptMeanAll)]
    public void MicroBatches_AddUpToTheWhole_InValueAndGradient(string name, Conditioning conditioning, ExperienceNormalization normalization)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        Algorithm algorithm = Algorithm.Named(name).WithMetaExperience(new() { Conditioning = conditioning, Normalization = normalization });
        TrainingBatch batch = Batches.Of(policy, algorithm.Advantages);

        ObjectiveResult whole = algorithm.Objective.Evaluate(policy, batch);
        whole.Total().backward();
        float[] loss = [.. whole.Values.Select(v => v.Loss.item<float>())], gradient = TakeGradient(policy);
        Dictionary<string, double> metrics = Summed(whole.Values.SelectMany(v => v.Metrics));
        foreach (int tokens in new[] { 1, 12, 25, 60 })
        {
            ScoringPlan plan = new(algorithm.Objective.Terms(batch));
            IReadOnlyList<MicroBatch> parts = plan.MicroBatches(tokens);
            float[] partLoss = new float[plan.Terms.Count];
            List<ObjectiveMetric> partMetrics = [.. plan.Terms.SelectMany(t => t.Metrics)];
            foreach (MicroBatch part in parts)
            {
                TokenScores scores = policy.Score(part.Tokens);
                foreach (int term in part.Terms)
                {
                    TermValue value = part.Evaluate(term, scores);
                    partLoss[term] += value.Loss.item<float>();
                    partMetrics.AddRange(value.Metrics);
                }

                part.Loss(scores).backward();
            }

            parts.Count.Should().BeGreaterThan(1);
            partLoss.Should().Equal(loss, (a, b) => Math.Abs(a - b) < 1e-6f);
            TakeGradient(policy).Should().Equal(gradient, (a, b) => Math.Abs(a - b) < 1e-6f);
            Dictionary<string, double> given = Summed(partMetrics);
            foreach ((string metric, double value) in metrics.Where(m => m.Key != "sampling/sampling_logp_difference/max")) given[metric].Should().BeApproximately(value, 1e-5, metric);
        }
    }

    [TestCase(Conditioning.Retrospective)]
    [TestCase(Conditioning.Both)]
    public void MicroBatches_NoneExceedsTheLimit_AndEachRowIsInOne(Conditioning conditioning)
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoringPlan plan = new(new MetaExperienceObjective(new ClippedSurrogateObjective(), new() { Conditioning = conditioning }).Terms(Batches.Of(policy, new GroupRelativeAdvantage())));

        IReadOnlyList<MicroBatch> parts = plan.MicroBatches(20);

        plan.Terms.Should().HaveCount(2);
        parts.SelectMany(p => p.Tokens.Sequences).Should().OnlyHaveUniqueItems().And.BeEquivalentTo(plan.Terms.SelectMany(t => t.Rows).Select(r => r.Sequence).Distinct()).And.HaveCount(plan.Rows);
        parts.Should().OnlyContain(p => p.Tokens.IncludeEntropy == p.Terms.Contains(0) && p.Terms.Count() == 1, "the entropy of experiences is nobody's concern");
        foreach (MicroBatch part in parts.Where(p => p.Tokens.Sequences.Count > 1)) (part.Tokens.Sequences.Count * part.Tokens.Sequences.Max(s => s.Context.Length + s.Response.Length)).Should().BeLessThanOrEqualTo(20);
    }

    [Test]
    public void MicroBatches_EmptyBatch_AreNone()
        => new ScoringPlan(new ClippedSurrogateObjective().Terms(TrainingBatch.Create(new RolloutBatch([]), []))).MicroBatches(10).Should().BeEmpty();

    [Test]
    public void Loss_ScoresOfAnotherWidth_AreRefusedWithBoth()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        TrainingBatch batch = Batches.ExperiencesOnly(policy);
        MicroBatch part = new ScoringPlan(new MetaExperienceObjective(new LogLikelihoodObjective()).Terms(batch)).MicroBatches(1000).Single();
        long rows = part.Tokens.Sequences.Count, columns = part.Tokens.MaxResponseTokens;

        part.Invoking(p => p.Loss(new TokenScores(zeros(rows, columns + 1)))).Should().Throw<ShapeMismatchException>()
            .WithMessage($"The log-probabilities have shape [{rows}, {columns + 1}], but the micro-batch is [{rows}, {columns}]*");
    }

    [Test]
    public void Create_CountsThatDoNotMatch_AreRefused()
    {
        RolloutBatch rollouts = new([Trajectories.Group(new Prompt("q", "q", "?"), ["a", "b"], 0)]);

        FluentActions.Invoking(() => TrainingBatch.Create(rollouts, [])).Should().Throw<ArgumentException>().WithMessage("The estimator gave advantages for 0 groups, but there are 1*");
        FluentActions.Invoking(() => TrainingBatch.Create(rollouts, [[Advantage.OfTrajectory(1)]])).Should().Throw<ArgumentException>().WithMessage("The estimator gave 1 advantages for the 2 trajectories of group 0*");
        FluentActions.Invoking(() => TrainingBatch.Create(new RolloutBatch(rollouts.Groups, [], 0), [[default, default]])).Should().Throw<ArgumentException>().WithMessage("There are 1 groups but experiences for 0*");
    }

    [TestCase(Conditioning.Retrospective, "bx")]
    [TestCase(Conditioning.Question, "a")]
    [TestCase(Conditioning.Heuristic, "r")]
    public void MetaExperience_Conditioning_ScoresAfterItsContext(Conditioning conditioning, string context)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoreSpy spy = new(policy);

        new MetaExperienceObjective(new LogLikelihoodObjective(), new() { Conditioning = conditioning }).Evaluate(spy, Batches.ExperiencesOnly(policy));

        TokenSequence scored = spy.Batches.Single().Sequences[0];
        scored.Context.ToArray().Should().Equal(policy.Encode(context).ToArray());
        scored.Response.ToArray().Should().Equal(policy.Encode(conditioning == Conditioning.Heuristic ? "cd!" : "abcd!").ToArray());
        spy.Batches[0].Temperature.Should().Be(1, "the likelihood is that of the policy, not of its sampler");
    }

    [TestCase(0.0), TestCase(0.01)]
    public void Policy_Entropy_CarriesGradientOnlyWhereItIsPartOfTheLoss(double coefficient)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoreSpy spy = new(policy);

        new ClippedSurrogateObjective(new() { EntropyCoefficient = coefficient }).Evaluate(spy, Batches.Of(policy, new GroupRelativeAdvantage()));

        (spy.Batches.Single().IncludeEntropy, spy.Batches[0].EntropyGradient).Should().Be((true, coefficient != 0));
    }

    [Test]
    public void MetaExperience_ControlTarget_IsTheCorrectAttemptAfterTheQuestion()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        ScoreSpy spy = new(policy);

        ObjectiveResult result = new MetaExperienceObjective(new LogLikelihoodObjective(), new() { Target = InternalizationTarget.CorrectTrajectory }).Evaluate(spy, Batches.ExperiencesOnly(policy));

        TokenSequence scored = spy.Batches.Single().Sequences[0];
        scored.Context.ToArray().Should().Equal(policy.Encode("a").ToArray());
        scored.Response.ToArray().Should().Equal(policy.Encode("bcd!").ToArray());
        result.Values[^1].Metrics.Should().Contain(m => m.Name == "mel/tokens" && m.Value == 4);
    }

    [Test]
    public void MetaExperience_NothingToAdd_ReturnsTheInnerTermsThemselves()
    {
        using BigramPolicy policy = new(Batches.Alphabet);
        NoTerms inner = new();

        new MetaExperienceObjective(inner).Terms(TrainingBatch.Create(new RolloutBatch([]), [])).Should().BeSameAs(inner.Own);
        new MetaExperienceObjective(inner, new() { Weight = 0 }).Terms(Batches.ExperiencesOnly(policy)).Should().BeSameAs(inner.Own);
    }

    [Test]
    public void Total_TermScaledByGradient_SaysThatOnlyATrainerCan()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new(Batches.Alphabet);
        ObjectiveResult result = new MetaExperienceObjective(new NoTerms(), new() { Scaling = TermScalingKind.GradientNormRatio }).Evaluate(policy, Batches.ExperiencesOnly(policy));

        result.Invoking(r => r.Total()).Should().Throw<InvalidOperationException>().WithMessage("The term 'meta_experience' is scaled by GradientNormRatio*use the trainer*");
    }

    private static float[] TakeGradient(BigramPolicy policy)
    {
        using Tensor gradient = policy.Parameters["logits"].grad!;
        float[] values = [.. gradient.data<float>()];
        policy.Parameters["logits"].grad = null;
        return values;
    }

    private static Dictionary<string, double> Summed(IEnumerable<ObjectiveMetric> metrics) => metrics.GroupBy(m => m.Name).ToDictionary(g => g.Key, g => g.Sum(m => m.Value));

    private sealed class NoTerms : IObjective
    {
        public IReadOnlyList<ILossTerm> Own { get; } = [];

        public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch) => Own;
    }
}
