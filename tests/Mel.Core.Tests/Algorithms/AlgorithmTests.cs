using Mel.Advantages;
using Mel.Algorithms;
using Mel.Objectives;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
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
    [TestCase("rft", typeof(CorrectOnlySelection), typeof(LogLikelihoodObjective))]
    public void Named_EveryPreset_IsItsChoiceOfParts(string name, Type advantages, Type objective)
    {
        Algorithm algorithm = Algorithm.Named(name.ToUpperInvariant());

        algorithm.Name.Should().Be(name);
        algorithm.Advantages.Should().BeOfType(advantages);
        algorithm.Objective.Should().BeOfType(objective);
        algorithm.Shaper.Should().BeNull();
        (algorithm.Filter is DynamicSampling).Should().Be(name == "dapo");
        Algorithm.Names.Should().Contain(name).And.HaveCount(8);
    }

    [Test]
    public void Named_UnknownName_ListsTheKnownOnes()
        => FluentActions.Invoking(() => Algorithm.Named("ppo")).Should().Throw<ArgumentException>()
            .WithMessage("'ppo' is no algorithm; choose one of: paper, grpo, dr-grpo, dapo, gspo, rloo, reinforce++, rft.*");

    [Test]
    public void WithMetaExperience_WrapsTheObjectiveAndNothingElse()
    {
        Algorithm plain = Algorithm.Dapo(), wrapped = plain.WithMetaExperience();

        wrapped.Name.Should().Be("dapo+me");
        wrapped.Objective.Should().BeOfType<MetaExperienceObjective>();
        wrapped.Should().BeEquivalentTo(new { plain.Advantages, plain.Filter, plain.Shaper });
    }

    // Two trajectories of 2 and 4 tokens with advantages 1 and -1, each token's ratio rho. Worked by hand for every preset.
    [TestCase("grpo", 1.1, -1.1 * 2 / 6 + 1.1 * 4 / 6)]            // token mean
    [TestCase("grpo", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]          // clipped above where the advantage is positive
    [TestCase("dapo", 1.25, -1.25 * 2 / 6 + 1.25 * 4 / 6)]         // clips at 1.28
    [TestCase("dapo", 1.5, -1.28 * 2 / 6 + 1.5 * 4 / 6)]
    [TestCase("paper", 1.25, (-1.2 + 1.25) / 2)]                   // mean over tokens, then over trajectories
    [TestCase("gspo", 1.25, (-1.0004 + 1.25) / 2)]                 // one ratio per trajectory, clipped at 1 + 4e-4
    [TestCase("dr-grpo", 1.1, (-1.1 * 2 + 1.1 * 4) / (2 * 1024))]  // a fixed divisor
    [TestCase("rloo", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]
    [TestCase("reinforce++", 1.25, -1.2 * 2 / 6 + 1.25 * 4 / 6)]
    public void Objective_OfEveryPreset_ByHand(string name, double ratio, double expected)
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        using (no_grad()) policy.Parameters["logits"].zero_();
        float old = (float)(Math.Log(1 / 3.0) - Math.Log(ratio));
        Trajectory[] trajectories = [.. new[] { "a!", "aba!" }.Select(text => new Trajectory(policy.Encode(text), Enumerable.Repeat(old, text.Length).ToArray(), text, FinishReason.Stop))];
        RolloutGroup group = new(new Prompt("q", "a", "?"), policy.Encode("a"), trajectories, [Mel.Verification.Verdict.Correct, Mel.Verification.Verdict.Incorrect]);

        ObjectiveResult result = Algorithm.Named(name).Objective.Evaluate(policy, TrainingBatch.Create([group], [[Advantage.OfTrajectory(1), Advantage.OfTrajectory(-1)]]));

        result.Total().item<float>().Should().BeApproximately((float)expected, 1e-5f);
    }

    [Test]
    public void Objective_Rft_IsTheLikelihoodOfWhatWasSelected()
    {
        using var scope = NewDisposeScope();
        using BigramPolicy policy = new("ab!");
        using (no_grad()) policy.Parameters["logits"].zero_();
        RolloutGroup group = new(new Prompt("q", "a", "?"), policy.Encode("a"), [.. new[] { "a!", "aba!" }.Select(text => new Trajectory(policy.Encode(text), new float[text.Length], text, FinishReason.Stop))], [Mel.Verification.Verdict.Correct, Mel.Verification.Verdict.Incorrect]);
        Algorithm rft = Algorithm.Rft();

        TrainingBatch batch = TrainingBatch.Create([group], rft.Advantages.Estimate([group]));

        batch.Totals.Should().BeEquivalentTo(new { Prompts = 1, Trajectories = 1, Tokens = 2L });
        rft.Objective.Evaluate(policy, batch).Total().item<float>().Should().BeApproximately((float)Math.Log(3), 1e-6f);
    }

    [Test]
    public void Presets_BrokenOption_IsRefused()
        => FluentActions.Invoking(() => Algorithm.Grpo(o => o.ClipRangeLow = 2)).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*ClipRangeLow*must be within (0, 1], got 2*");
}
