using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Algorithms;

[TestFixture, NoTensorLeaks]
public sealed class AlgorithmTests
{
    [TestCase("paper", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("grpo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("dr-grpo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("dapo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("gspo", typeof(GroupRelativeAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("rloo", typeof(LeaveOneOutAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("reinforce++", typeof(BatchNormalizedAdvantage), typeof(ClippedSurrogateObjective))]
    [TestCase("cispo", typeof(GroupRelativeAdvantage), typeof(CispoObjective))]
    [TestCase("rft", typeof(CorrectOnlySelection), typeof(LogLikelihoodObjective))]
    [TestCase("positive-only", typeof(PositiveOnlyAdvantage), typeof(ClippedSurrogateObjective))]
    public void Named_EveryPreset_IsItsChoiceOfParts(string name, Type advantages, Type objective)
    {
        Algorithm algorithm = Algorithm.Named(name.ToUpperInvariant());

        algorithm.Name.Should().Be(name);
        algorithm.Advantages.Should().BeOfType(advantages);
        algorithm.Objective.Should().BeOfType(objective);
        algorithm.Shaper.Should().BeNull();
        (algorithm.Filter is DynamicSampling).Should().Be(name == "dapo");
        Algorithm.Names.Should().Contain(name).And.HaveCount(10);
    }

    [Test]
    public void Named_UnknownName_ListsTheKnownOnes()
        => FluentActions.Invoking(() => Algorithm.Named("ppo")).Should().Throw<ArgumentException>()
            .WithMessage("'ppo' is no algorithm; choose one of: paper, grpo, dr-grpo, dapo, gspo, cispo, rloo, reinforce++, rft, positive-only.*");

    [Test]
    public void WithMetaExperience_WrapsTheObjectiveAndAddsTheExtractor()
    {
        Algorithm plain = Algorithm.Dapo(), wrapped = plain.WithMetaExperience();

        wrapped.Name.Should().Be("dapo+me");
        wrapped.Objective.Should().BeOfType<MetaExperienceObjective>();
        wrapped.Should().BeEquivalentTo(new { plain.Advantages, plain.Filter, plain.Shaper });
        plain.Experiences.Should().BeNull();
        wrapped.Experiences!(new ScriptedSampler((_, _) => ""), new ExactAnswerVerifier(), TimeProvider.System).Should().BeOfType<ReplayValidatedExtractor>();
    }

    // Two trajectories of 2 and 4 tokens with advantages 1 and -1, each token's ratio rho. Worked by hand for every preset.
    [TestCase("grpo", 1.1, -1.1 * 2 / 6 + 1.1 * 4 / 6)]            // token mean
    [TestCase("grpo", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]          // clipped above where the advantage is positive
    [TestCase("dapo", 1.25, -1.25 * 2 / 6 + 1.25 * 4 / 6)]         // clips at 1.28
    [TestCase("dapo", 1.5, -1.28 * 2 / 6 + 1.5 * 4 / 6)]
    [TestCase("paper", 1.25, (-1.2 + 1.25) / 2)]                   // mean over tokens, then over trajectories
    [TestCase("gspo", 1.25, (-1.0004 + 1.25) / 2)]                 // one ratio per trajectory, clipped at 1 + 4e-4
    [TestCase("dr-grpo", 1.1, (-1.1 * 2 + 1.1 * 4) / (2 * 1024))]  // a fixed divisor
    [TestCase("cispo", 4.5, 4.5 * 1.0986123 * (2 - 4) / 6)]         // -sg(w) A log pi
    [TestCase("cispo", 6, 5 * 1.0986123 * (2 - 4) / 6)]             // the weight is capped at 5
    [TestCase("rloo", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]
    [TestCase("reinforce++", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]
    public void Objective_OfEveryPreset_ByHand(string name, double ratio, double expected)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        using (no_grad()) policy.Parameters["logits"].zero_();
        float old = (float)(Math.Log(1 / 3.0) - Math.Log(ratio));
        Trajectory[] trajectories = [.. new[] { "a!", "aba!" }.Select(text => new Trajectory(policy.Encode(text), Enumerable.Repeat(old, text.Length).ToArray(), text, FinishReason.Stop))];
        RolloutGroup group = new(new Prompt("q", "a", "?"), policy.Encode("a"), trajectories, [Verdict.Correct, Verdict.Incorrect]) { Sampling = new() };

        ObjectiveResult result = Algorithm.Named(name).Objective.Evaluate(policy, TrainingBatch.Create(new RolloutBatch([group]), [[Advantage.OfTrajectory(1), Advantage.OfTrajectory(-1)]]));

        result.Total().item<float>().Should().BeApproximately((float)expected, 1e-5f);
    }

    [Test]
    public void Objective_Rft_IsTheLikelihoodOfWhatWasSelected()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        using (no_grad()) policy.Parameters["logits"].zero_();
        RolloutGroup group = new(new Prompt("q", "a", "?"), policy.Encode("a"), [.. new[] { "a!", "aba!" }.Select(text => new Trajectory(policy.Encode(text), new float[text.Length], text, FinishReason.Stop))], [Verdict.Correct, Verdict.Incorrect]);
        Algorithm rft = Algorithm.Rft();

        TrainingBatch batch = TrainingBatch.Create(new RolloutBatch([group]), rft.Advantages.Estimate([group]));

        batch.Totals.Should().BeEquivalentTo(new { Prompts = 1, Trajectories = 1, Tokens = 2L });
        rft.Objective.Evaluate(policy, batch).Total().item<float>().Should().BeApproximately((float)Math.Log(3), 1e-6f);
    }

    [Test]
    public async Task DrGrpo_InARun_DividesByTheTokenLimitOfTheRollouts()
    {
        StepReport step = (await TinyRun.RunAsync(TinyRun.Options(steps: 1), Algorithm.Named("dr-grpo"), withExperiences: false)).Steps[0];

        // On-policy every ratio is 1: minus the sum of A |y|, divided by 32 trajectories and the limit of 12 tokens.
        double sum = step.Groups.Sum(g => g.Trajectories.Select((t, i) => (g.Rewards[i] - g.Rewards.Average()) * t.TokenIds.Length).Sum());
        Math.Abs(sum).Should().BePositive();
        step.Metrics["loss"].Should().BeApproximately(-sum / (32 * 12), 1e-6);
    }

    [Test]
    public void DrGrpo_WhereNobodyKnowsTheTokenLimit_SaysWhatToSet()
        => FluentActions.Invoking(() => Algorithm.DrGrpo().Objective.Terms(TrainingBatch.Create(new RolloutBatch([]), []))).Should().Throw<InvalidOperationException>()
            .WithMessage("Aggregation.FixedLength divides by the longest response, which is unknown; set FixedLength.");

    [Test]
    public void Presets_BrokenOption_IsRefused()
        => FluentActions.Invoking(() => Algorithm.Grpo(o => o.ClipRangeLow = 2)).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*ClipRangeLow*must be within (0, 1], got 2*");
}
