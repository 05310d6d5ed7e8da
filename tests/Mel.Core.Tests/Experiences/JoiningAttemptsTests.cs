using Mel.Algorithms;
using Mel.Core.Tests.Training;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using Microsoft.Extensions.AI;

namespace Mel.Core.Tests.Experiences;

/// <summary>Further attempts from guidance or from another author, and prompts with guidance.</summary>
[TestFixture, NoTensorLeaks]
public sealed class JoiningAttemptsTests
{
    private static readonly IVerifier Judge = Verifier.From((prompt, text) => text == prompt.Answer);

    [Test]
    public async Task Guided_GroupsWithoutARightAttempt_AreTriedAgain_AndTheRightOnesJoin()
    {
        ScriptedSampler sampler = new((message, i) => message == "hint: two" && i != 1 ? "2" : "7");
        RolloutGroup[] groups =
        [
            Trajectories.Group(new Prompt("1", "one", "1"), ["1", "3"], 0), Trajectories.Group(new Prompt("2", "two", "2"), ["4", "5"]),
            Trajectories.Group(new Prompt("3", "three", "3"), ["4", "5"]), Trajectories.Group(new Prompt("4", "four", "4"), ["9", "8"]),
        ];
        GuidedAttempts extractor = new(
            ExperienceExtractor.None, sampler, Judge, g => g.Prompt.Id == "4" ? null : $"hint: {g.Prompt.Text}", attempts: 3);

        ExtractionResult result = await extractor.ExtractAsync(groups, seed: 1);

        sampler.Calls.Single().Requests.Select(ScriptedSampler.MessageOf).Should().Equal("hint: two", "hint: three");
        result.Joining.Select(j => (j.GroupIndex, j.Trajectory.Text, j.Judgement.Verdict)).Should()
            .Equal((1, "2", Verdict.Correct), (1, "2", Verdict.Correct));
        result.ReplayTokens.Should().Be(6 * 2, "six attempts of a character and a stop token");
        (await extractor.ExtractAsync([groups[0]], seed: 1)).Joining.Should().BeEmpty();
        sampler.Calls.Should().ContainSingle("nothing was hard");
    }

    [Test]
    public async Task Given_InARun_StandInTheirGroups_AndTrain()
    {
        using BigramPolicy policy = TinyRun.Policy();
        Trajectory trace = new(policy.Encode("bb!"), new float[3], "bb", FinishReason.Stop);
        Algorithm algorithm = Algorithm.Grpo().WithJoiningAttempts((inner, _, _) => new GivenSolutions(inner, p => p.Answer == "b" ? [trace] : []));

        StepReport step = (await TinyRun.RunAsync(TinyRun.Options(steps: 1), algorithm, withExperiences: false)).Steps.Single();

        algorithm.Name.Should().Be("grpo+joining");
        step.Groups.Select(g => g.Trajectories.Count).Should().Equal(step.Groups.Select(g => g.Prompt.Answer == "b" ? 9 : 8));
        step.Groups.Where(g => g.Trajectories.Count == 9).Should().NotBeEmpty().And.OnlyContain(g => g.Rewards[8] == 1);
    }

    [Test]
    public void Guiding_RewritesTheLastMessage_AndNoOther()
    {
        GuidingSampler sampler = new(new ScriptedSampler((_, _) => ""), text => text == "q" ? "remember x; q" : null);

        Encoded(new ChatMessage(ChatRole.System, "q"), new ChatMessage(ChatRole.User, "q")).Should().Be("qremember x; q");
        Encoded(new ChatMessage(ChatRole.User, "other")).Should().Be("other");

        string Encoded(params ChatMessage[] messages) => ScriptedSampler.MessageOf(sampler.Encode(messages));
    }
}
