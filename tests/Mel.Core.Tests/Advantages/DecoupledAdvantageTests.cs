using Mel.Advantages;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Advantages;

[TestFixture]
public sealed class DecoupledAdvantageTests
{
    [Test]
    public void Estimate_ByHand()
    {
        // Each reward by itself is +-1/sqrt 2 within its group, or 0 where it is constant; the second counts half.
        RolloutGroup[] groups = [Group((1, 10), (0, 30)), Group((1, 0), (1, 1))];

        double[][] advantages = [.. new DecoupledAdvantage(epsilon: 0).Estimate(groups).Select(g => g.Select(a => a[0]).ToArray())];

        // Sums of 1/sqrt 8, -1/sqrt 8, -1/sqrt 8, 1/sqrt 8 have the standard deviation sqrt(1/6).
        double expected = Math.Sqrt(6 / 8.0);
        advantages[0].Should().Equal([expected, -expected], (a, b) => Math.Abs(a - b) < 1e-12);
        advantages[1].Should().Equal([-expected, expected], (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Test]
    public void Estimate_Epsilon_IsAddedToEveryDeviation()
    {
        double[] advantages = [.. new DecoupledAdvantage(epsilon: 0.1).Estimate([Group((1, 0), (0, 0))])[0].Select(a => a[0])];

        double sum = 0.5 / (Math.Sqrt(0.5) + 0.1);
        advantages[0].Should().BeApproximately(sum / (Math.Sqrt(2 * sum * sum) + 0.1), 1e-12);
    }

    [Test]
    public void Estimate_PartThatCouldNotBeJudged_CountsAsNothing_AllOfThem_Exclude()
    {
        RolloutGroup group = Group((1, 4), (0, double.NaN), (double.NaN, double.NaN), (0.5, 4));

        IReadOnlyList<Advantage> advantages = new DecoupledAdvantage(epsilon: 0).Estimate([group])[0];

        advantages.Select(a => a.Trains).Should().Equal(true, true, false, true);
        // First part 1, 0, 1/2: 1, -1, 0 after normalization; the second is constant where it is known.
        advantages[0][0].Should().BeApproximately(1, 1e-12);
        advantages[1][0].Should().BeApproximately(-1, 1e-12);
        advantages[3][0].Should().BeApproximately(0, 1e-12);
    }

    [Test]
    public void Estimate_WithoutParts_SaysWhatIsNeeded()
        => FluentActions.Invoking(() => new DecoupledAdvantage().Estimate([Trajectories.Group(new Prompt("q", "q", "?"), ["a", "b"], 0)]))
            .Should().Throw<InvalidOperationException>()
            .WithMessage("The trajectories of prompt 'q' do not all have the same several rewards; judge them with a WeightedVerifier.");

    [TestCase(-1e-9), TestCase(double.PositiveInfinity)]
    public void Epsilon_OutOfRange_IsRefused(double epsilon)
        => FluentActions.Invoking(() => new DecoupledAdvantage(epsilon)).Should().Throw<ArgumentOutOfRangeException>();

    private static RolloutGroup Group(params (double First, double Second)[] rewards) => new(
        new Prompt("q", "q", "?"), new[] { 1 }, [.. rewards.Select(_ => Trajectories.Of("a"))],
        [.. rewards.Select(r => new Judgement(Verdict.Incorrect) { Parts = [new RewardPart("first", r.First, 1), new RewardPart("second", r.Second, 0.5)] })]);
}
