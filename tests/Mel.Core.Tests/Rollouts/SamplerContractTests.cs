using Mel.Diagnostics;
using Mel.Evaluation;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;
using Microsoft.Extensions.AI;

namespace Mel.Core.Tests.Rollouts;

[TestFixture]
public sealed class SamplerContractTests
{
    private static readonly Prompt Question = new("q7", "why", "because");

    private static IEnumerable<TestCaseData> WrongLists()
    {
        yield return Lists("null", _ => null!, "The sampler Made returned null for 2 requests; one list per request is expected.");
        yield return Lists("fewer", l => [l[0]], "The sampler Made was asked for 2 requests and gave 1 lists; one list per request is expected.");
        yield return Lists("more", l => [.. l, l[0]], "The sampler Made was asked for 2 requests and gave 3 lists*");
        yield return Lists("a null list", l => [l[0], null!], "The sampler Made gave null instead of 3 trajectories at prompt 'q7'.");
        yield return Lists("too few trajectories", l => [l[0], [l[1][0]]], "The sampler Made was asked for 3 trajectories and gave 1 at prompt 'q7'; exactly those asked for are expected.");
        yield return Lists("too many trajectories", l => [[.. l[0], l[1][0]], l[1]], "The sampler Made was asked for 3 trajectories and gave 4 at prompt 'q7'*");
        yield return Lists("a null trajectory", l => [l[0], [l[1][0], null!, l[1][2]]], "The sampler Made gave null for a trajectory at prompt 'q7', trajectory 1.");
    }

    private static IEnumerable<TestCaseData> WrongFields()
    {
        yield return Field("no log-probs", t => t with { LogProbs = default }, "The sampler Made gave 0 log-probabilities for 3 tokens at prompt 'q7', trajectory 1; the importance ratio needs one per token*");
        yield return Field("a log-prob short", t => t with { LogProbs = new[] { -1f, -1f } }, "The sampler Made gave 2 log-probabilities for 3 tokens at prompt 'q7', trajectory 1; one per token is expected.");
        yield return Field("a log-prob more", t => t with { LogProbs = new[] { -1f, -1f, -1f, -1f } }, "The sampler Made gave 4 log-probabilities for 3 tokens*");
        yield return Field("NaN", t => t with { LogProbs = new[] { -1f, float.NaN, -1f } }, "The sampler Made gave NaN among the log-probabilities, for token 1 at prompt 'q7', trajectory 1; the logarithm of a probability is finite and at most 0.");
        yield return Field("-infinity", t => t with { LogProbs = new[] { -1f, -1f, float.NegativeInfinity } }, "*for token 2*finite and at most 0*");
        yield return Field("above 0", t => t with { LogProbs = new[] { 0.5f, -1f, -1f } }, "The sampler Made gave 0.5 among the log-probabilities, for token 0*");
        yield return Field("no such token", t => t with { TokenIds = new[] { 97, -5, 0 } }, "The sampler Made gave the token id -5 at place 1 at prompt 'q7', trajectory 1; ids are counted from 0.");
        yield return Field("mask", t => t with { Mask = new[] { true } }, "The sampler Made gave 1 mask values for 3 tokens*");
        yield return Field("policy log-probs", t => t with { PolicyLogProbs = new[] { -1f } }, "The sampler Made gave 1 log-probabilities of the policy for 3 tokens*");
        yield return Field("reference log-probs", t => t with { ReferenceLogProbs = new[] { -1f } }, "The sampler Made gave 1 log-probabilities of the reference for 3 tokens*");
        yield return Field("text ends", t => t with { TextEnds = new[] { 1, 2 } }, "The sampler Made gave 2 text ends for 3 tokens*");
        yield return Field("text ends that fall", t => t with { TextEnds = new[] { 2, 1, 2 } }, "The sampler Made gave the text end 1 after 2 at prompt 'q7', trajectory 1; they do not fall, and the text has 2 characters.");
        yield return Field("text ends beyond", t => t with { TextEnds = new[] { 1, 2, 3 } }, "The sampler Made gave the text end 3 after 2*the text has 2 characters.");
        yield return Field("finish reason", t => t with { FinishReason = (FinishReason)9 }, "The sampler Made gave the finish reason 9 at prompt 'q7', trajectory 1; FinishReason has no such member.");
        yield return Field("text", t => t with { Text = null! }, "The sampler Made gave a trajectory without a text at prompt 'q7', trajectory 1*");
    }

    [TestCaseSource(nameof(WrongLists))]
    [TestCaseSource(nameof(WrongFields))]
    public async Task Sample_WhatTheInterfaceDoesNotAllow_IsRefusedByName(Made sampler, string message)
    {
        VerifiedRollouts rollouts = new(sampler, new ExactAnswerVerifier());
        RolloutRequest[] requests = [rollouts.Request(Question, 3, 0), rollouts.Request(Question, 3, 1)];

        PartResultException refused = (await rollouts.Awaiting(r => r.SampleAsync(requests, new())).Should().ThrowAsync<PartResultException>().WithMessage(message)).Which;

        refused.Part.Should().Be("Made");
        RunFailure.Of(refused).Should().StartWith("The sampler Made failed");
    }

    [Test]
    public async Task Sample_RoundingAboveZero_PassesAsItIs()
    {
        VerifiedRollouts rollouts = new(new Made(l => l, t => t with { LogProbs = new[] { 6e-8f, 0f, -1f } }), new ExactAnswerVerifier());

        VerifiedSample sample = await rollouts.SampleAsync([rollouts.Request(Question, 1, 0)], new());

        sample.Groups[0].Trajectories[0].LogProbs.ToArray().Should().Equal(6e-8f, 0f, -1f);
    }

    [Test]
    public async Task Sample_NoTokens_IsJudgedLikeAnyOther()
    {
        Prompt silence = new("s", "say nothing", "");
        VerifiedRollouts rollouts = new(new Made(l => l, _ => new Trajectory(default, default, "", FinishReason.Stop)), new ExactAnswerVerifier());

        VerifiedSample sample = await rollouts.SampleAsync([rollouts.Request(silence, 2, 0)], new());

        sample.Groups[0].Verdicts.Should().Equal(Verdict.Correct, Verdict.Correct);
        sample.Tokens.Should().Be(0);
    }

    [Test]
    public async Task Sample_NoLogProbs_AreNoErrorWhereNobodyLearnsFromThem()
    {
        Made sampler = new(l => l, t => t with { LogProbs = default });

        (await new Evaluator(sampler, new ExactAnswerVerifier()).EvaluateAsync([Question], new() { Samples = 2 })).Questions.Should().Be(1);
        VerifiedRollouts rollouts = new(sampler, new ExactAnswerVerifier()) { RequiresLogProbs = false };
        (await rollouts.SampleAsync([rollouts.Request(Question, 1, 0)], new())).Tokens.Should().Be(3);
    }

    [Test]
    public void Request_SamplerEncodesNothing_IsRefused()
        => new VerifiedRollouts(new Made(l => l, t => t) { Encodes = [] }, new ExactAnswerVerifier()).Invoking(r => r.Request(Question, 1, 0))
            .Should().Throw<PartResultException>().WithMessage("The sampler Made encoded the messages as no token at prompt 'q7'*");

    [Test]
    public void Request_SamplerEncodesANegativeId_IsRefused()
        => new VerifiedRollouts(new Made(l => l, t => t) { Encodes = [3, -1] }, new ExactAnswerVerifier()).Invoking(r => r.Request(Question, 1, 0))
            .Should().Throw<PartResultException>().WithMessage("The sampler Made gave the token id -1 at place 1 at prompt 'q7'*");

    [Test]
    public async Task Sample_CancellationOfTheSamplersOwn_IsATimeout()
    {
        TaskCanceledException own = new("HttpClient.Timeout of 10 seconds elapsing");
        VerifiedRollouts rollouts = new(new Made(_ => throw own, t => t), new ExactAnswerVerifier());

        TimeoutException seen = (await rollouts.Awaiting(r => r.SampleAsync([r.Request(Question, 1, 0)], new())).Should().ThrowAsync<TimeoutException>()).Which;

        seen.InnerException.Should().BeSameAs(own);
        seen.Message.Should().StartWith("The sampler Made gave up at prompt 'q7': it was canceled, though not by the caller");
        RunFailure.Of(seen).Should().Be("The sampler Made failed at prompt 'q7'.");
    }

    [Test]
    public async Task Extract_SamplerGivesNoList_IsRefusedByName()
    {
        ContrastiveExperienceExtractor extractor = new(new Made(l => [.. l.SkipLast(1)], t => t), new ToyExperienceLanguage(), new() { ExtractionMaxTokens = 4 });

        await extractor.Awaiting(e => e.ExtractAsync([Trajectories.Group(Question, ["because", "no"], 0)], 1)).Should().ThrowAsync<PartResultException>()
            .WithMessage("The sampler Made was asked for 1 requests and gave 0 lists*");
    }

    [Test]
    public async Task Extract_SamplerWritesNoToken_IsDropped()
    {
        ContrastiveExperienceExtractor extractor = new(
            new Made(l => l, _ => new Trajectory(default, default, "", FinishReason.Stop)), new ToyExperienceLanguage(), new() { ExtractionMaxTokens = 4 });

        ExtractionResult result = await extractor.ExtractAsync([Trajectories.Group(Question, ["", "no"], 0)], 1);

        result.Retained.Should().BeEmpty();
        result.Dropped.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Reason = DropReason.Malformed, Detail = "The sampler wrote no token." });
    }

    private static TestCaseData Lists(string name, Func<IReadOnlyList<IReadOnlyList<Trajectory>>, IReadOnlyList<IReadOnlyList<Trajectory>>> lists, string message)
        => new TestCaseData(new Made(lists, t => t), message).SetArgDisplayNames(name);

    private static TestCaseData Field(string name, Func<Trajectory, Trajectory> second, string message)
        => new TestCaseData(new Made(l => [[l[0][0], second(l[0][1]), l[0][2]], l[1]], t => t), message).SetArgDisplayNames(name);

    /// <summary>Answers "no" in three tokens, and changes that.</summary>
    public sealed class Made(
        Func<IReadOnlyList<IReadOnlyList<Trajectory>>, IReadOnlyList<IReadOnlyList<Trajectory>>> lists, Func<Trajectory, Trajectory> each) : ISampler
    {
        public int ContextTokens => 1000;

        public int[] Encodes { get; init; } = [1, 2];

        public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => Encodes;

        public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
            IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
            => Task.FromResult(lists([.. requests.Select(r => (IReadOnlyList<Trajectory>)[.. Enumerable.Range(0, r.Count).Select(_ => each(Trajectories.Of("no")))])]));
    }
}
