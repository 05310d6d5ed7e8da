using Mel.Samples.Study;

namespace Mel.Samples.Tests.Study;

[TestFixture]
public sealed class StudyPlanTests
{
    [Test]
    public void Plan_NoRunIsMadeTwice_AndNoTwoArmsShareAName()
    {
        StudyJob[] jobs = [.. Plan.Jobs()];

        jobs.Select(j => (j.Part, j.Arm.Name, j.World.Name, j.Seed)).Should().OnlyHaveUniqueItems();
        jobs.Select(j => j.Arm).Distinct().Select(a => a.Name).Should().OnlyHaveUniqueItems();
        Plan.FreshSeeds.Should().NotIntersectWith(Plan.SelectionSeeds).And.NotIntersectWith(CostCommand.Seeds);
    }

    [Test]
    public void Plan_EveryWorldHasItsUntrainedModel_AndEightSeedsOfEveryArm()
    {
        foreach (StudyWorld world in StudyWorld.All)
        {
            StudyJob[] jobs = [.. Plan.Jobs().Where(j => j.World == world && !Plan.IsAside(j.Part))];
            jobs.Count(j => j.Arm == ArmList.Base).Should().Be(1);
            jobs.Where(j => j.Arm != ArmList.Base).GroupBy(j => j.Arm).Should().OnlyContain(g => g.Count() == 8);
        }
    }

    [Test]
    public void Selection_ArmsAndPlaces_BothRestrict()
    {
        StudyJob[] chosen = JobSelection.Of(Plan.Jobs(), "grpo,memory,world-2,standard", "101,103-104", 2);

        chosen.Select(j => (j.World.Name, j.Arm.Name, j.Seed, j.Steps)).Should().BeEquivalentTo(
            from world in (string[])["standard", "world-2"]
            from arm in (string[])["grpo", "memory"]
            from seed in (ulong[])[101, 103, 104]
            select (world, arm, seed, 2));
    }

    [TestCase("grpoo", "", "*'grpoo'*no arm, world or part*memory*world-2*")]
    [TestCase("", "1o1", "*'1o1'*")]
    [TestCase("", "5-3", "*'5-3'*")]
    [TestCase("memory", "999", "*No run*101*")]
    public void Selection_WordThatNamesNothing_IsSaid(string only, string seeds, string message)
        => FluentActions.Invoking(() => JobSelection.Of(Plan.Jobs(), only, seeds, 0)).Should().Throw<ArgumentException>().WithMessage(message);

    [Test]
    public void Worlds_Parameters_AreThoseOfTheModel()
    {
        foreach (StudyWorld world in (StudyWorld[])[StudyWorld.Standard, StudyWorld.Noisy, StudyWorld.Large])
        {
            using Transformers.TransformerPolicy policy = MiniatureModel.Create(1, world.Config);
            policy.Parameters.Values.Sum(p => p.numel()).Should().Be(world.Parameters);
        }
    }
}
