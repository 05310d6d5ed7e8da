using Mel.Advantages;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Advantages;

[TestFixture]
public sealed class OverlongFilteringTests
{
    [Test]
    public void Estimate_CutOffTrajectory_CountsInTheStatisticsAndDoesNotTrain()
    {
        RolloutGroup group = new(new Prompt("q", "q", "?"), new[] { 1 },
            [Trajectories.Of("a"), Trajectories.Of("b"), Trajectories.Of("c", stops: false), Trajectories.Of("d")],
            [Verdict.Correct, Verdict.Incorrect, Verdict.Incorrect, Verdict.Unverifiable]);

        IReadOnlyList<Advantage> advantages = new OverlongFiltering(new LeaveOneOutAdvantage()).Estimate([group])[0];

        advantages.Select(a => a.Trains).Should().Equal(true, true, false, false);
        advantages[0][0].Should().BeApproximately(1 - 0, 1e-12, "the mean of the others is subtracted, the cut-off one among them");
        advantages[1][0].Should().BeApproximately(0 - 0.5, 1e-12);
        new OverlongFiltering(new LeaveOneOutAdvantage()).MinimumGroupSize.Should().Be(2);
    }
}
