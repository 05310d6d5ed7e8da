using FsCheck;
using FsCheck.Fluent;
using Mel.Advantages;
using Mel.Core.Tests.Golden.Adapters;

namespace Mel.Core.Tests.Properties;

/// <summary>What holds for the estimators on random rewards, and the hazards that reference implementations fall into.</summary>
[TestFixture]
public sealed class AdvantageProperties
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(100);

    private static readonly Dictionary<string, IAdvantageEstimator> GroupRelative = new()
    {
        ["GRPO"] = new GroupRelativeAdvantage(),
        ["GRPO batch scale"] = new GroupRelativeAdvantage(new() { Scale = AdvantageScale.Batch }),
        ["Dr.GRPO"] = new GroupRelativeAdvantage(new() { Scale = AdvantageScale.None }),
        ["RLOO"] = new LeaveOneOutAdvantage(),
        ["REINFORCE++-baseline"] = new BatchNormalizedAdvantage(new() { GroupBaseline = true }),
    };

    private static readonly Dictionary<string, IAdvantageEstimator> All = new(GroupRelative) { ["REINFORCE++"] = new BatchNormalizedAdvantage() };

    public static IEnumerable<string> Names => All.Keys;

    public static IEnumerable<string> GroupRelativeNames => GroupRelative.Keys;

    [TestCaseSource(nameof(Names))]
    public void Estimator_PermutedGroup_PermutesAdvantages(string name) => ForAll((rewards, lengths) =>
    {
        double[] before = Estimate(name, rewards, lengths), after = Estimate(name, [.. Enumerable.Reverse(rewards)], [.. Enumerable.Reverse(lengths)]);
        for (int i = 0; i < before.Length; i++) after[^(i + 1)].Should().BeApproximately(before[i], 1e-9);
    });

    [TestCaseSource(nameof(Names))]
    public void Estimator_ShiftedRewards_GivesTheSameAdvantages(string name) => ForAll((rewards, lengths) =>
    {
        double[] before = Estimate(name, rewards, lengths), after = Estimate(name, [.. rewards.Select(r => r + 3.25)], lengths);
        for (int i = 0; i < before.Length; i++) after[i].Should().BeApproximately(before[i], 1e-7);
    });

    [TestCaseSource(nameof(GroupRelativeNames))]
    public void Estimator_EqualRewards_GivesExactlyZero(string name) => ForAll((rewards, lengths) =>
        Estimate(name, [.. rewards.Select(_ => 0.1 * rewards[0])], lengths).Should().OnlyContain(a => a == 0));

    [Test]
    public void BatchNormalized_ConstantBatch_GivesExactlyZero() => Estimate("REINFORCE++", [.. Enumerable.Repeat(0.1, 8)], [1, 2, 3, 4, 5, 6, 7, 8]).Should().OnlyContain(a => a == 0);

    [TestCaseSource(nameof(Names))]
    public void Estimator_UnverifiableTrajectory_LeavesTheStatistics(string name) => ForAll((rewards, lengths) =>
    {
        double[] alone = Estimate(name, rewards, lengths), together = Estimate(name, [.. rewards, double.NaN], [.. lengths, 50]);
        together[^1].Should().Be(double.NaN, "it is excluded");
        for (int i = 0; i < alone.Length; i++) together[i].Should().Be(alone[i]);
    });

    [TestCaseSource(nameof(GroupRelativeNames))]
    public void Estimator_LoneTrajectory_GetsZero(string name) => Estimate(name, [1], [3]).Should().Equal(0);

    [Test]
    public void KeepSingletonReward_LoneTrajectory_KeepsItsReward()
        => new RolloutCases([1.0], [0], [3]).Estimate(new GroupRelativeAdvantage(new() { KeepSingletonReward = true })).Single()[0].Should().Be(1);

    [Test]
    public void GroupRelative_BinaryRewards_ByHand()
    {
        double[] advantages = Estimate("GRPO", [1, 0, 0, 1], [1, 1, 1, 1]);
        double expected = 0.5 / (Math.Sqrt(1.0 / 3) + 1e-6);                            // ddof 1
        advantages.Should().Equal(expected, -expected, -expected, expected);
    }

    [Test]
    public void CorrectOnly_KeepsTheFirstDistinctCorrectOnes()
    {
        var cases = new RolloutCases([1, 0, 1, 1, double.NaN, 1], [0, 0, 0, 0, 0, 0], [2, 2, 2, 3, 2, 4]);
        bool[] Trains(IAdvantageEstimator estimator) => [.. cases.Estimate(estimator).Select(a => a.Trains)];
        Trains(new CorrectOnlySelection()).Should().Equal(true, false, true, true, false, true);
        Trains(new CorrectOnlySelection(new() { Deduplicate = true })).Should().Equal(true, false, false, true, false, true);
        Trains(new CorrectOnlySelection(new() { Deduplicate = true, MaxPerGroup = 2 })).Should().Equal(true, false, false, true, false, false);
    }

    private static void ForAll(Action<double[], int[]> property) => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        int size = random.Next(2, 10);
        property([.. Enumerable.Range(0, size).Select(_ => random.Next(3) == 0 ? random.NextDouble() : random.Next(2))], [.. Enumerable.Range(0, size).Select(_ => random.Next(1, 9))]);
    }).Check(Runs);

    /// <summary>One group; NaN for an excluded trajectory.</summary>
    private static double[] Estimate(string name, double[] rewards, int[] lengths)
        => [.. new RolloutCases(rewards, new int[rewards.Length], lengths).Estimate(All[name]).Select(a => a.Trains ? a[0] : double.NaN)];
}
