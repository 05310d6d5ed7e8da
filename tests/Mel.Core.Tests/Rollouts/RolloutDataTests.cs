using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Rollouts;

[TestFixture]
public sealed class RolloutDataTests
{
    private static readonly Prompt Question = new("q7", "why", "yes");

    [Test]
    public void Group_RewardsFollowFromTheVerdicts()
        => new RolloutGroup(Question, new[] { 1 }, [Trajectories.Of("a"), Trajectories.Of("b"), Trajectories.Of("c")], [Verdict.Correct, Verdict.Incorrect, Verdict.Unverifiable])
            .Rewards.Should().Equal(1.0, 0.0, double.NaN);

    [Test]
    public void Group_Empty_IsRefused()
        => FluentActions.Invoking(() => new RolloutGroup(Question, new[] { 1 }, [], [])).Should().Throw<ArgumentException>().WithMessage("The group of prompt 'q7' holds no trajectory*");

    [Test]
    public void Group_VerdictsThatDoNotMatch_AreRefused()
        => FluentActions.Invoking(() => new RolloutGroup(Question, new[] { 1 }, [Trajectories.Of("a")], [Verdict.Correct, Verdict.Correct])).Should().Throw<ArgumentException>()
            .WithMessage("The group of prompt 'q7' has 1 trajectories but 2 judgements; give one per trajectory.*");

    [Test]
    public void TokenBatch_LongestResponse_IsItsWidth()
        => new TokenBatch([new(new[] { 1 }, new[] { 2, 3 }), new(new[] { 1, 2, 3, 4 }, new[] { 2 })]).MaxResponseTokens.Should().Be(2);

    [Test]
    public void TokenBatch_WithoutSequences_IsRefused()
        => FluentActions.Invoking(() => new TokenBatch([])).Should().Throw<ArgumentException>().WithMessage("The batch holds no sequence*");

    [TestCase(0, 1)]
    [TestCase(1, 0)]
    public void TokenBatch_EmptyContextOrResponse_IsRefused(int context, int response)
        => FluentActions.Invoking(() => new TokenBatch([new(new[] { 1 }, new[] { 2 }), new(new int[context], new int[response])])).Should().Throw<ArgumentException>()
            .WithMessage($"Sequence 1 has {context} context and {response} response tokens; both must be at least 1.*");

    [Test]
    public void PromptTooLong_NamesBothSizes()
        => new PromptTooLongException("The prompt 'q7'", 600, 512).Should().BeEquivalentTo(new
        {
            Tokens = 600, ContextTokens = 512,
            Message = "The prompt 'q7' has 600 tokens, but the context of the model is 512 tokens and a response needs at least one; leave it out, shorten it, or use a model with a longer context.",
        });
}
