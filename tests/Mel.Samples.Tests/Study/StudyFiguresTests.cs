using Mel.Samples.Study;

namespace Mel.Samples.Tests.Study;

/// <summary>Figures of the page on rows of which they can be worked out by hand.</summary>
[TestFixture]
public sealed class StudyFiguresTests
{
    private static readonly StudyWorld World = StudyWorld.Standard;

    [Test]
    public void GreedyAt_BetweenTwoEvaluations_IsOnTheLineBetweenThem()
    {
        RunRow row = Rows.Of(ArmList.Grpo, World, 101, .4, .6);
        StudyData data = new([Rows.Base(World, .2), row]);

        data.GreedyAt(World, row, 0).Should().Be(.2);
        data.GreedyAt(World, row, 2.5).Should().BeApproximately(.3, 1e-12, "half way from .2 before training to .4");
        data.GreedyAt(World, row, 5).Should().Be(.4);
        data.GreedyAt(World, row, 6).Should().BeApproximately(.44, 1e-12);
        data.GreedyAt(World, row, 10).Should().Be(.6);
        data.GreedyAt(World, row, 10.1).Should().BeNull("the run is over");
    }

    [Test]
    public void Costs_StepsOfSeconds_AreTheInverseOfSecondsOfSteps()
    {
        CostTable costs = new([Rows.Cost(ArmList.Grpo, 201, 5, 10), Rows.Cost(ArmList.Memory, 201, 10, 10), Rows.Cost(ArmList.Memory, 202, 10, 30)]);

        costs.Seconds(ArmList.Grpo, 7).Should().BeApproximately(5 + (2 * 10 / 5.0), 1e-12);
        costs.Steps(ArmList.Grpo, 9).Should().BeApproximately(7, 1e-9);
        costs.Steps(ArmList.Grpo, 15.5).Should().Be(double.NaN, "nobody measured so many steps");
        costs.Seconds(ArmList.Memory, 10).Should().Be(30, "the mean of 20 and 40");
        costs.Ratio(ArmList.Memory, ArmList.Grpo, 5).Should().Be((2, 2, 2), "only round 201 has both");
        costs.Seconds(ArmList.Positive, 5).Should().Be(double.NaN);
    }

    [Test]
    public void AtCompute_ArmTwiceAsDear_IsComparedWithTwiceTheSteps()
    {
        // GRPO takes 1 s for five steps and the memory 2 s. After 5 of its own steps the memory has .5, and GRPO has .45 and .3 after 10 steps.
        StudyData data = new(
        [
            Rows.Base(World, .2), Rows.Of(ArmList.Grpo, World, 101, .4, .45), Rows.Of(ArmList.Grpo, World, 102, .2, .3),
            Rows.Of(ArmList.Memory, World, 101, .5, .6), Rows.Of(ArmList.Memory, World, 102, .5, .6), Rows.Of(ArmList.Memory, World, 103, .9, .9), .. Costs(),
        ]);
        ArmComparison comparison = new(data, ArmList.Memory, ArmList.Grpo);

        comparison.AtCompute(World, 5).Differences.Should().HaveCount(2, "seed 103 has no GRPO run").And.Equal([.5 - .45, .5 - .3], Close);
        comparison.AtSteps(World, 5).Differences.Should().Equal([.5 - .4, .5 - .2], Close);
        // 40 steps of the memory cost more than the 60 of GRPO: both get 12 s, which are 30 steps of the memory. No run here is so long.
        comparison.AtCompute(World, 40).Seeds.Should().Be(0);

        static IEnumerable<RunRow> Costs() =>
        [
            Rows.Cost(ArmList.Grpo, 201, [.. Enumerable.Repeat(1.0, 12)]), Rows.Cost(ArmList.Memory, 201, [.. Enumerable.Repeat(2.0, 12)]),
        ];
    }

    [Test]
    public void Milestone_RunsThatNeverGetThere_ComeLast()
    {
        // Crossings of .5: half way between steps 5 and 10; half way from .2 to .8 in the first five steps; never.
        StudyData data = new(
        [
            Rows.Base(World, .2), Rows.Of(ArmList.Grpo, World, 101, .4, .6), Rows.Of(ArmList.Grpo, World, 102, .8, .9),
            Rows.Of(ArmList.Grpo, World, 103, .3, .4),
        ]);

        Milestone found = Milestone.Of(data, World, ArmList.Grpo, .5);

        (found.Seeds, found.Reached).Should().Be((3, 2));
        found.Steps.Should().BeApproximately(7.5, 1e-9, "the median of 2.5, 7.5 and never");
        found.Seconds.Should().Be(double.NaN, "nothing was measured");
        Milestone.Of(data, World, ArmList.Grpo, .85).Steps.Should().Be(double.PositiveInfinity, "two of three never got there");
    }

    [Test]
    public void Finding_EightSeedsOfOneSign_IsAGainAtTwoOf256()
    {
        PairedFinding gain = new([.1, .11, .12, .09, .1, .1, .13, .08]), mixed = new([.1, -.1, .2, -.2, .1, -.1, .05, -.05]);

        gain.P.Should().BeApproximately(2 / 256.0, 1e-12);
        gain.Kind.Should().Be(FindingKind.Gain);
        new PairedFinding([.. gain.Differences.Select(d => -d)]).Kind.Should().Be(FindingKind.Harm);
        (mixed.Kind, mixed.P).Should().Be((FindingKind.None, 1));
        new PairedFinding([.5]).Kind.Should().Be(FindingKind.None, "one seed says nothing");
        Markdown.Finding(new PairedFinding([])).Should().Be(Markdown.Missing);
    }

    [Test]
    public void Data_RowOfOtherSettings_DoesNotCount()
    {
        RunRow old = Rows.Of(ArmList.Grpo, World, 101, .4) with { Settings = "Grpo lr 1" }, other = Rows.Of(ArmList.Grpo, World, 102, .4) with { Steps = 3 };

        new StudyData([old, other, Rows.Of(ArmList.Grpo, World, 103, .4)]).Of(World, ArmList.Grpo).Keys.Should().Equal(103ul);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;
}
