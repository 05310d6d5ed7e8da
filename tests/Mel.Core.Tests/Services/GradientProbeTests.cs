using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Services;
using Mel.Testing;
using Mel.Training;

namespace Mel.Core.Tests.Services;

[TestFixture, NoTensorLeaks]
public sealed class GradientProbeTests
{
    [Test]
    public async Task Run_WithAProbe_IsTheSameBitForBit()
    {
        Algorithm algorithm = TinyRun.Learning(Algorithm.Grpo(), new() { Scaling = TermScalingKind.GradientNormRatio });
        TinyRun.Outcome plain = await TinyRun.RunAsync(TinyRun.Options(steps: 4), algorithm, withExperiences: false);
        TinyRun.Outcome probed = await TinyRun.RunAsync(
            TinyRun.Options(steps: 4), algorithm, withExperiences: false, parts: new TrainerParts { Services = [new GradientProbe(Truth, everySteps: 2)] });

        probed.Parameters.Should().Equal(plain.Parameters);
        probed.Steps.Select(s => s.Metrics.Keys.Any(IsProbe)).Should().Equal(false, true, false, true);
        probed.Steps.Select(s => TinyRun.Figures(s).Where(f => !IsProbe(f.Key)).ToDictionary()).Should()
            .BeEquivalentTo(plain.Steps.Select(TinyRun.Figures), o => o.WithStrictOrdering());
        probed.Steps[3].Metrics.Should().ContainKeys(
            MetricNames.ProbeCosine + "policy", MetricNames.ProbeCosine + "meta_experience", MetricNames.ProbeSplitHalf + "solutions");
        probed.Steps[3].Metrics.Where(m => m.Key.StartsWith(MetricNames.ProbeCosine, StringComparison.Ordinal)).Should().OnlyContain(m => Math.Abs(m.Value) <= 1.00001);
    }

    [TestCase(1.0, 1.0)]
    [TestCase(-1.0, -1.0)]
    public async Task Cosine_OfATermThatTeachesTheSolutions_IsItsSign(double sign, double expected)
    {
        // The term is the likelihood of the solutions, or its opposite; both halves of it are the same rows.
        Algorithm algorithm = Algorithm.Grpo() with { Objective = new Likelihood(sign) };
        TrainerOptions options = TinyRun.Options(steps: 1);
        options.Optimizer.LearningRate = 0;
        TinyRun.Outcome run = await TinyRun.RunAsync(
            options, algorithm, withExperiences: false, parts: new TrainerParts { Services = [new GradientProbe(Truth, everySteps: 1)] });

        run.Steps[0].Metrics[MetricNames.ProbeCosine + "likelihood"].Should().BeApproximately(expected, 1e-5);
        run.Steps[0].Metrics[MetricNames.ProbeSplitHalf + "likelihood"].Should().BeApproximately(1, 1e-5);
        run.Steps[0].Metrics[MetricNames.ProbeNorm + "likelihood"].Should().BeApproximately(run.Steps[0].Terms.Single().GradientNorm, 1e-5);
    }

    [Test]
    public async Task Start_OneSolution_IsRefused()
        => (await FluentActions.Awaiting(() => TinyRun.RunAsync(
            TinyRun.Options(steps: 1), Algorithm.Grpo(), withExperiences: false,
            parts: new TrainerParts { Services = [new GradientProbe(policy => [Sequence(policy, "a", "b!")])] })).Should().ThrowAsync<InvalidOperationException>())
            .WithMessage("The gradient probe was given 1 true solutions; two halves need at least 2.");

    private static bool IsProbe(string name) => name.StartsWith("probe/", StringComparison.Ordinal);

    private static IReadOnlyList<TokenSequence> Truth(IPolicy policy) => [Sequence(policy, "a", "b!"), Sequence(policy, "c", "d!")];

    private static TokenSequence Sequence(IPolicy policy, string question, string answer)
    {
        BigramPolicy bigram = (BigramPolicy)policy;
        return new TokenSequence(bigram.Encode(question), bigram.Encode(answer));
    }

    private sealed class Likelihood(double sign) : IObjective
    {
        public IReadOnlyList<ILossTerm> Terms(TrainingBatch batch)
        {
            using BigramPolicy coder = new(TinyRun.Alphabet, 1);
            return [new LikelihoodOf([.. Truth(coder).Select(s => new ScoringRow(s))], sign)];
        }
    }

    private sealed class LikelihoodOf(IReadOnlyList<ScoringRow> rows, double sign) : ILossTerm
    {
        public string Name => "likelihood";

        public IReadOnlyList<ScoringRow> Rows => rows;

        public TermValue Evaluate(ScoredRows scored) => new(-(scored.LogProbs * scored.Mask).sum() * sign, []);
    }
}
