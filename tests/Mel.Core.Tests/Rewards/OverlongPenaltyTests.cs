using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;
using Microsoft.Extensions.Options;

namespace Mel.Core.Tests.Rewards;

[TestFixture]
public sealed class OverlongPenaltyTests
{
    [TestCase(10, 0.0)]
    [TestCase(15, 0.0)]
    [TestCase(16, -0.4)]
    [TestCase(20, -2.0)]
    [TestCase(25, -2.0)]
    public void Penalty_GrowsOverTheBuffer_ByHand(int tokens, double expected)
        => new OverlongPenalty(new() { BufferTokens = 5, Factor = 2 }).PenaltyOf(tokens, 20).Should().BeApproximately(expected, 1e-12);

    [Test]
    public void Penalty_NotCapped_GrowsOn()
        => new OverlongPenalty(new() { BufferTokens = 5, Factor = 2, Capped = false }).PenaltyOf(25, 20).Should().BeApproximately(-4, 1e-12);

    [Test]
    public void Shape_AddsToTheRewards_AndLeavesWhatCouldNotBeJudged()
    {
        RolloutGroup shaped = new OverlongPenalty(new() { MaxTokens = 4, BufferTokens = 2 }).Shape(Group(null, (2, Verdict.Correct), (3, Verdict.Correct),
            (4, Verdict.Incorrect), (4, Verdict.Unverifiable)));

        shaped.Rewards.Should().Equal(1, 0.5, -1, double.NaN);
        shaped.Judgements.Select(j => j.Verdict).Should().Equal(Verdict.Correct, Verdict.Correct, Verdict.Incorrect, Verdict.Unverifiable);
    }

    [Test]
    public void Shape_Defaults_AreTheTokenLimitOfTheRolloutsAndAQuarterOfIt()
        => new OverlongPenalty().Shape(Group(new() { MaxTokens = 8 }, (6, Verdict.Correct), (7, Verdict.Correct),
            (8, Verdict.Correct))).Rewards.Should().Equal(1, 0.5, 0);

    [Test]
    public void Shape_LimitOfTheOptions_Wins()
        => new OverlongPenalty(new() { MaxTokens = 16 }).Shape(Group(new() { MaxTokens = 8 }, (8, Verdict.Correct))).Rewards.Should().Equal(1);

    [Test]
    public void Shape_LimitThatNobodyKnows_SaysWhatToSet()
        => FluentActions.Invoking(() => new OverlongPenalty().Shape(Group(null, (1, Verdict.Correct)))).Should().Throw<InvalidOperationException>()
            .WithMessage("The longest response is unknown; set OverlongPenaltyOptions.MaxTokens, or RolloutGroup.Sampling of the groups.");

    [Test]
    public void BufferLongerThanTheResponse_IsRefused()
    {
        FluentActions.Invoking(() => new OverlongPenalty(new() { BufferTokens = 9 }).Shape(Group(new() { MaxTokens = 8 }, (1, Verdict.Correct))))
            .Should().Throw<InvalidOperationException>().WithMessage("*BufferTokens is 9, but the longest response has 8 tokens*");
        FluentActions.Invoking(() => new OverlongPenalty(new() { MaxTokens = 8, BufferTokens = 9 })).Should().Throw<OptionsValidationException>()
            .WithMessage("*BufferTokens: must be at most MaxTokens = 8, got 9*");
    }

    [Test]
    public void Options_OutOfRange_AreRefused()
        => FluentActions.Invoking(() => new OverlongPenalty(new() { MaxTokens = 0, BufferTokens = 0, Factor = -1 }))
            .Should().Throw<OptionsValidationException>()
            .WithMessage("*MaxTokens: must be at least 1, got 0*BufferTokens: must be at least 1, got 0*Factor: must be at least 0, got -1*");

    private static RolloutGroup Group(SamplingOptions? sampling, params (int Tokens, Verdict Verdict)[] attempts) => new(
        new Prompt("q", "q", "?"), new[] { 1 }, [.. attempts.Select(a => new Trajectory(new int[a.Tokens], new float[a.Tokens], "", FinishReason.Stop))],
            [.. attempts.Select(a => (Judgement)a.Verdict)]) { Sampling = sampling };
}
