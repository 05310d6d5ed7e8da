using Mel.Advantages;
using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Runtime;
using Mel.Testing;

namespace Mel.Core.Tests.Advantages;

[TestFixture, NoTensorLeaks]
public sealed class PositiveOnlyAdvantageTests
{
    private static readonly RolloutGroup Group = Trajectories.Group(new Prompt("q", "q", "1"), ["aa", "b", "c", "d"], 0);

    [Test]
    public void Estimate_NegativesBecomeZeroAndStay()
    {
        IReadOnlyList<Advantage> advantages = new PositiveOnlyAdvantage(new GroupRelativeAdvantage(new() { Scale = AdvantageScale.None })).Estimate([Group])[0];

        // Rewards 1, 0, 0, 0: the mean is 1/4.
        advantages[0].Should().Be(Advantage.OfTrajectory(0.75));
        advantages.Skip(1).Should().AllSatisfy(a => (a.Trains, a.IsZero).Should().Be((true, true)));
    }

    [Test]
    public void Estimate_TokensAndExcluded_AreEachTheirOwn()
    {
        Advantage[] inner = [Advantage.OfTokens(new[] { -1.0, 2.0, 0.5 }), Advantage.Excluded, Advantage.OfTokens(new[] { -1.0, -2.0 }), Advantage.OfTrajectory(-3)];
        IReadOnlyList<Advantage> advantages = new PositiveOnlyAdvantage(new Fixed(inner)).Estimate([Group])[0];

        advantages[0].Should().Be(Advantage.OfTokens(new[] { 0.0, 2.0, 0.5 }));
        advantages[1].Trains.Should().BeFalse();
        advantages[2].IsZero.Should().BeTrue();
        advantages[3].Should().Be(Advantage.OfTrajectory(0));
    }

    [Test]
    public async Task Run_WrongAttempts_AreNotScored()
    {
        TinyRun.Outcome run = await TinyRun.RunAsync(TinyRun.Options(steps: 1), Algorithm.PositiveOnly(), withExperiences: false);
        double right = run.Steps[0].Groups.Where(g => g.Rewards.Distinct().Count() == 2)
            .Sum(g => g.Trajectories.Where((_, i) => g.Rewards[i] == 1).Sum(t => (double)t.TrainedTokens));
        double all = run.Steps[0].Groups.Sum(g => g.Trajectories.Sum(t => (double)t.TrainedTokens));

        run.Steps[0].Metrics[MetricNames.ScoredFraction].Should().BeApproximately(right / all, 1e-12);
    }

    [Test]
    public void Algorithm_AroundAny_NamesIt()
    {
        Algorithm algorithm = Algorithm.Rloo().WithPositiveOnly();
        RunIdentity identity = new();
        algorithm.Describe(identity);

        (algorithm.Name, identity.Values["advantages"], identity.Values["advantages.inner"]).Should()
            .Be(("rloo+positive", nameof(PositiveOnlyAdvantage), nameof(LeaveOneOutAdvantage)));
    }

    private sealed class Fixed(Advantage[] advantages) : IAdvantageEstimator
    {
        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
            => new([advantages]);
    }
}
