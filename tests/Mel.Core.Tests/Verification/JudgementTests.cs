using Mel.Core.Tests.Training;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;

namespace Mel.Core.Tests.Verification;

[TestFixture]
public sealed class JudgementTests
{
    private static readonly Prompt Question = new("q", "why", "yes");

    [TestCase(-0.01), TestCase(1.01), TestCase(double.NaN), TestCase(double.PositiveInfinity)]
    public void Score_OutOfRange_IsRefused(double score)
        => FluentActions.Invoking(() => new Judgement(Verdict.Correct, score)).Should().Throw<ArgumentOutOfRangeException>()
            .WithMessage("A score lies in [0, 1]*");

    [Test]
    public void Reward_IsTheScore_ElseThatOfTheVerdict()
    {
        new Judgement(Verdict.Correct).Reward.Should().Be(1);
        new Judgement(Verdict.Incorrect).Reward.Should().Be(0);
        new Judgement(Verdict.Unverifiable).Reward.Should().Be(double.NaN);
        new Judgement(Verdict.Incorrect, 0.25).Reward.Should().Be(0.25);
        new Judgement(Verdict.Correct, 0).Reward.Should().Be(0);
        new Judgement(Verdict.Unverifiable, 0.5).Reward.Should().Be(double.NaN, "what could not be judged has no reward");
    }

    [Test]
    public void Verdict_Converts()
    {
        Judgement judgement = Verdict.Correct;

        judgement.Should().Be(new Judgement(Verdict.Correct)).And.Be(Judgement.FromVerdict(Verdict.Correct));
        (judgement.Score, judgement.Reason, judgement.Parts.Count).Should().Be((null, null, 0));
    }

    [Test]
    public async Task Function_MayGiveScoreAndReason()
    {
        IVerifier verifier = Verifier.From((_, trajectory) => new Judgement(Verdict.Incorrect, trajectory.Text.Length / 10.0, "half way"));

        (await verifier.VerifyAsync(Question, Trajectories.Of("seven"))).Should().Be(new Judgement(Verdict.Incorrect, 0.5, "half way"));
    }

    [Test]
    public async Task Weighted_RewardIsTheWeightedSum_AndTheVerdictThatOfTheFirst()
    {
        WeightedVerifier verifier = new(
            new WeightedReward("right", new ExactAnswerVerifier()),
            new WeightedReward("short", Verifier.From((_, t) => new Judgement(Verdict.Correct, 1.0 / t.TokenIds.Length)), -0.5));

        Judgement right = await verifier.VerifyAsync(Question, Trajectories.Of("yes")), wrong = await verifier.VerifyAsync(Question, Trajectories.Of("n"));

        (right.Verdict, right.Reward).Should().Be((Verdict.Correct, 1 - (0.5 * 0.25)));
        (wrong.Verdict, wrong.Reward).Should().Be((Verdict.Incorrect, -0.25));
        wrong.Parts.Should().Equal(new RewardPart("right", 0, 1), new RewardPart("short", 0.5, -0.5));
    }

    [Test]
    public async Task Weighted_PartThatCouldNotBeJudged_CountsAsNothing_AllOfThem_AreNoReward()
    {
        IVerifier never = Verifier.From((_, _) => Verdict.Unverifiable);

        WeightedVerifier some = new(new WeightedReward("right", new ExactAnswerVerifier()), new WeightedReward("form", never, 2));
        WeightedVerifier nobody = new(new WeightedReward("right", never), new WeightedReward("form", never));

        Judgement one = await some.VerifyAsync(Question, Trajectories.Of("yes")), none = await nobody.VerifyAsync(Question, Trajectories.Of("yes"));

        one.Reward.Should().Be(1);
        one.Parts[1].Value.Should().Be(double.NaN);
        none.Reward.Should().Be(double.NaN);
        new RolloutGroup(Question, new[] { 1 }, [Trajectories.Of("yes"), Trajectories.Of("yes")], [one, none]).Rewards.Should().Equal(1, double.NaN);
    }

    [Test]
    public void Weighted_BrokenLists_AreRefused()
    {
        Refused("There is no reward; *");
        Refused("Two rewards are named 'a'; *", new WeightedReward("a", new ExactAnswerVerifier()), new WeightedReward("a", new BoxedAnswerVerifier()));
        Refused("The weight of 'b' is NaN; give a finite number.*", new WeightedReward("a", new ExactAnswerVerifier()),
            new WeightedReward("b", new BoxedAnswerVerifier(), double.NaN));

        static void Refused(string message, params WeightedReward[] rewards)
            => FluentActions.Invoking(() => new WeightedVerifier(rewards)).Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Test]
    public void Weighted_Describe_NamesEveryRewardAndItsWeight()
    {
        RunIdentity identity = new();

        identity.Add("verifier", new WeightedVerifier(new WeightedReward("right", new ExactAnswerVerifier()), new WeightedReward("form", TinyRun.Judge, 0.25)));

        identity.Values.Should().Contain("verifier.right", "ExactAnswerVerifier").And.Contain("verifier.right.weight", "1")
            .And.Contain("verifier.form.weight", "0.25");
    }

    [Test, NoTensorLeaks]
    public async Task Weighted_InARun_EveryRewardHasItsFigures()
    {
        IVerifier brief = Verifier.From((_, t) => t.Text.StartsWith('x') ? Verdict.Unverifiable : new Judgement(Verdict.Correct, 1.0 / t.TokenIds.Length));
        WeightedVerifier verifier = new(new WeightedReward("right", TinyRun.Judge), new WeightedReward("short", brief, 0.5));

        StepReport step = (await TinyRun.RunAsync(TinyRun.Options(steps: 1), verifier: verifier)).Steps[0];

        foreach ((string name, int index) in new[] { ("right", 0), ("short", 1) })
        {
            double[] values = [.. step.Groups.SelectMany(g => g.Judgements).Select(j => j.Parts[index].Value).Where(v => !double.IsNaN(v))];
            double mean = values.Average();
            step.Metrics[$"rewards/{name}/mean"].Should().BeApproximately(mean, 1e-12);
            step.Metrics[$"rewards/{name}/std"].Should().BeApproximately(Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)), 1e-12);
        }

        IEnumerable<IReadOnlyList<RewardPart>> parts = step.Groups.SelectMany(g => g.Judgements).Select(j => j.Parts);
        step.Reward.Should().BeApproximately(parts.Average(p => p[0].Value + (double.IsNaN(p[1].Value) ? 0 : 0.5 * p[1].Value)), 1e-12);
    }

    [TestCase("so \\boxed{1,234.50}.", "1234.5")]
    [TestCase("so \\boxed{ x + 1 }", "x + 1")]
    [TestCase("nothing boxed", null)]
    public async Task BoxedAnswer_IsCarriedByTheJudgement(string text, string? answer)
        => (await new BoxedAnswerVerifier().VerifyAsync(Question, Trajectories.Of(text))).Answer.Should().Be(answer);

    [TestCase("it is 2.50, or rather +3.0", "3")]
    [TestCase("none", null)]
    public async Task LastNumber_IsCarriedByTheJudgement(string text, string? answer)
        => (await new NumericAnswerVerifier().VerifyAsync(new Prompt("q", "?", "3"), Trajectories.Of(text))).Answer.Should().Be(answer);

    [Test]
    public async Task WholeResponse_IsTheAnswerOfAnExactComparison()
    {
        (await new ExactAnswerVerifier().VerifyAsync(Question, Trajectories.Of(" Yes \n"))).Answer.Should().Be("Yes");
        (await new ExactAnswerVerifier(ignoreCase: true).VerifyAsync(Question, Trajectories.Of("Yes"))).Answer.Should().Be("YES", "either case is one answer");
    }
}
