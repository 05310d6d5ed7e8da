using Mel.Advantages;
using Mel.Algorithms;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Testing;
using Mel.Training;
using Mel.Verification;
using static Mel.Core.Tests.Training.TinyRun;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Training;

/// <summary>What parts of a run return is refused where it enters, before it changes a weight.</summary>
[TestFixture, NoTensorLeaks]
public sealed class PartContractTests
{
    private static IEnumerable<TestCaseData> Advantages()
    {
        yield return Estimates("one short", n => Advantage.OfTokens(new double[n - 1]), "The estimator Estimator gave * advantages for the * tokens of trajectory 0 of group 0, prompt '*'; one per token is expected*");
        yield return Estimates("one more", n => Advantage.OfTokens(new double[n + 1]), "The estimator Estimator gave * advantages for the * tokens of trajectory 0 of group 0*");
        yield return Estimates("none", _ => Advantage.OfTokens(default), "The estimator Estimator gave 0 advantages for the * tokens of trajectory 0 of group 0*");
        yield return Estimates("NaN", _ => Advantage.OfTrajectory(double.NaN), "The estimator Estimator gave the advantage NaN for trajectory 0 of group 0, prompt '*'; a finite number is expected*");
        yield return Estimates("infinity at a token", n => Advantage.OfTokens(Enumerable.Repeat(double.PositiveInfinity, n).ToArray()), "The estimator Estimator gave the advantage * for token 0 of trajectory 0 of group 0*");
    }

    [TestCaseSource(nameof(Advantages))]
    public async Task Estimator_ValuesThatDoNotFit_AreRefusedByName(IAdvantageEstimator estimator, string message)
        => (await Refused<ArgumentException>(Algorithm.Grpo() with { Advantages = estimator })).Message.Should().Match(message);

    [Test]
    public async Task Estimator_CountsThatDoNotFit_AreRefusedByName()
    {
        (await Refused<ArgumentException>(Algorithm.Grpo() with { Advantages = new Estimator(all => [.. all.SkipLast(1)]) })).Message
            .Should().Be("The estimator Estimator gave advantages for 3 groups, but there are 4; one list per group is expected.");
        (await Refused<ArgumentException>(Algorithm.Grpo() with { Advantages = new Estimator(_ => null!) })).Message
            .Should().Be("The estimator Estimator gave advantages for 0 groups, but there are 4; one list per group is expected.");
        (await Refused<ArgumentException>(Algorithm.Grpo() with { Advantages = new Estimator(all => [.. all.Select(g => (IReadOnlyList<Advantage>)[.. g.SkipLast(1)])]) })).Message
            .Should().Match("The estimator Estimator gave 7 advantages for the 8 trajectories of group 0, prompt '*'; one per trajectory is expected.");
    }

    [TestCase(double.NaN, "The reward shaper Shaper made the reward NaN of *; NaN says that the verifier could not judge the attempt*")]
    [TestCase(double.PositiveInfinity, "The reward shaper Shaper made the reward * of *a finite number is expected.")]
    public async Task Shaper_RewardsThatAreNoNumbers_AreRefusedByName(double reward, string message)
        => (await Refused<PartResultException>(Algorithm.Grpo() with { Shaper = new Shaper(g => g with { Rewards = [.. g.Rewards.Skip(1), reward] }) })).Message.Should().Match(message);

    [Test]
    public async Task Shaper_TooFewRewardsOrNull_IsRefusedByName()
    {
        (await Refused<PartResultException>(Algorithm.Grpo() with { Shaper = new Shaper(g => g with { Rewards = [.. g.Rewards.Skip(1)] }) })).Message
            .Should().Match("The reward shaper Shaper returned 7 rewards for 8 trajectories at prompt '*'; one per trajectory is expected.");
        (await Refused<PartResultException>(Algorithm.Grpo() with { Shaper = new Shaper(_ => null!) })).Message.Should().StartWith("The reward shaper Shaper returned null at prompt");
    }

    [Test]
    public async Task Shaper_RewardForWhatWasNotJudged_IsRefused()
        => (await Refused<PartResultException>(
                Algorithm.Grpo() with { Shaper = new Shaper(g => g with { Rewards = new double[8] }) }, Verifier.From((Prompt _, Trajectory _) => Verdict.Unverifiable))).Message
            .Should().Match("The reward shaper Shaper made the reward 0 of NaN at prompt '*', trajectory 0;*");

    private static IEnumerable<TestCaseData> Extractions()
    {
        yield return Extracts("null", _ => null!, "The extractor Extractor returned null;*");
        yield return Extracts("a null list", _ => new() { Retained = null! }, "The extractor Extractor returned a result with null for a list*");
        yield return Extracts("group", r => new() { Retained = [Experience(r, group: 4)] }, "The extractor Extractor retained an experience of group 4, but was given 4 groups, counted from 0.");
        yield return Extracts("pair", r => new() { Retained = [Experience(r, correct: 8)] }, "The extractor Extractor retained an experience of the attempts 8 and 0 at prompt '*'; the group has 8, counted from 0.");
        yield return Extracts("no context", r => new() { Retained = [Experience(r) with { ContextTokenIds = default }] }, "The extractor Extractor gave an experience whose context has no token*");
        yield return Extracts("no text", r => new() { Retained = [Experience(r) with { Written = new(default, default, "", FinishReason.Stop) }] }, "The extractor Extractor gave an experience whose text has no token*");
        yield return Extracts("rehearsal without tokens", _ => new() { Rehearsals = [new(new(new[] { 1 }, default))] }, "The extractor Extractor gave a rehearsal whose response has no token*");
        yield return Extracts("rehearsal of no weight", _ => new() { Rehearsals = [new(new(new[] { 1 }, new[] { 1 }), 0)] }, "The extractor Extractor gave a rehearsal of weight 0;*");
        yield return Extracts("null rehearsal", _ => new() { Rehearsals = [null!] }, "The extractor Extractor gave a rehearsal without a sequence.");
        yield return Extracts("joining group", _ => new() { Joining = [new(-1, Trajectories.Of("b"), Verdict.Correct)] }, "The extractor Extractor lets a trajectory join group -1, but was given 4 groups, counted from 0.");
        yield return Extracts("joining log-probs", _ => new() { Joining = [new(0, Trajectories.Of("b") with { LogProbs = default }, Verdict.Correct)] }, "The extractor Extractor gave 0 log-probabilities for 2 tokens at prompt '*");
        yield return Extracts("joining verdict", _ => new() { Joining = [new(0, Trajectories.Of("b"), (Verdict)9)] }, "The extractor Extractor gave the verdict 9 at prompt '*'*");
        yield return Extracts("counts", _ => new() { ExtractionTokens = -1 }, "The extractor Extractor counted 0 pairs, 0 candidates, 0 well-formed, -1 and 0 tokens;*");
    }

    [TestCaseSource(nameof(Extractions))]
    public async Task Extractor_ResultThatDoesNotFit_IsRefusedByName(IExperienceExtractor extractor, string message)
        => (await Refused<PartResultException>(Algorithm.Grpo().WithMetaExperience() with { Experiences = (_, _, _) => extractor })).Message.Should().Match(message);

    [TestCase(2, "The prompt source Source gave 2 prompts at position 0, asked for 4; a source never ends. PromptList repeats a list.")]
    [TestCase(0, "The prompt source Source gave 0 prompts at position 0, asked for 4;*")]
    [TestCase(5, "The prompt source Source gave 5 prompts at position 0, asked for 4;*")]
    [TestCase(-1, "The prompt source Source returned null instead of the 4 prompts from position 0 on.")]
    [TestCase(-4, "The prompt source Source gave null for the prompt at position 0.")]
    public async Task Source_OtherThanAskedFor_IsRefusedByName(int gives, string message)
    {
        using BigramPolicy policy = Policy();
        Trainer trainer = new(policy, Judge, Algorithm.Grpo(), Options(steps: 1));

        await trainer.Awaiting(t => t.RunAsync(new Source(gives))).Should().ThrowAsync<PartResultException>().WithMessage(message);
    }

    [TestCase("wider", "The policy AlteredPolicy gave log-probabilities of shape [*, 13]; [*, 12] is expected*")]
    [TestCase("narrower", "The policy AlteredPolicy gave log-probabilities of shape [*, 11]; [*, 12] is expected*")]
    [TestCase("turned", "The policy AlteredPolicy gave log-probabilities of shape [12, *]; [*, 12] is expected*")]
    [TestCase("flat", "The policy AlteredPolicy gave log-probabilities of shape [*]; [*, 12] is expected*")]
    [TestCase("entropy", "The policy AlteredPolicy gave entropy of shape [*, 11]; [*, 12] is expected*")]
    public async Task Policy_ScoresOfAnotherShape_AreRefusedWithBoth(string how, string message)
        => (await Refused<ShapeMismatchException>(scores: s => how switch
        {
            "wider" => new(cat([s.LogProbs, s.LogProbs.slice(1, 0, 1, 1)], 1), s.Entropy),
            "narrower" => new(s.LogProbs.slice(1, 0, -1, 1), s.Entropy),
            "turned" => new(s.LogProbs.transpose(0, 1), s.Entropy),
            "flat" => new(s.LogProbs.reshape(-1), s.Entropy),
            _ => s with { Entropy = s.Entropy!.slice(1, 0, -1, 1) },
        })).Message.Should().Match(message);

    [TestCase("double", "The policy AlteredPolicy gave log-probabilities of Float64; float32 is expected, whatever the weights are.")]
    [TestCase("no graph", "The policy AlteredPolicy gave log-probabilities without a graph: no gradient can flow into its parameters.*")]
    [TestCase("no entropy", "The policy AlteredPolicy gave no entropy, which the batch asks for.")]
    [TestCase("null", "The policy AlteredPolicy gave no log-probabilities, which the batch asks for.")]
    [TestCase("above 0", "The policy AlteredPolicy gave 0.5 for a log-probability; the logarithm of a probability is at most 0.")]
    public async Task Policy_ScoresThatCannotTrain_AreRefusedWithTheReason(string how, string message)
        => (await Refused<PartResultException>(scores: s => how switch
        {
            "double" => new(s.LogProbs.to_type(ScalarType.Float64), s.Entropy),
            "no graph" => new(s.LogProbs.detach(), s.Entropy),
            "no entropy" => new(s.LogProbs),
            "null" => null!,
            _ => s with { LogProbs = s.LogProbs * 0 + 0.5f },
        })).Message.Should().Match(message);

    [TestCase(false, "The policy AlteredPolicy gave log-probabilities of shape * at prompt '*'; * is expected*")]
    [TestCase(true, "The reference AlteredPolicy gave log-probabilities of shape * at prompt '*'; * is expected*")]
    public async Task Policy_ScoresOfAnotherShapeWithoutGradient_AreRefused(bool reference, string message)
    {
        using BigramPolicy policy = Policy(), other = Policy(seed: 2);
        AlteredPolicy altered = new(reference ? other : policy) { Scores = s => new(s.LogProbs.slice(1, 0, -1, 1)) };
        TrainerOptions options = Options(steps: 1);
        if (!reference) options.OldLogProbs = OldLogProbs.Recomputed;
        Trainer trainer = new(reference ? policy : altered, Judge, Algorithm.Grpo(), options, new() { Reference = reference ? altered : null });

        (await trainer.Awaiting(t => t.RunAsync(Questions())).Should().ThrowAsync<ShapeMismatchException>()).Which.Message.Should().Match(message);
    }

    [Test]
    public async Task Policy_NaNBeforeTheUpdate_IsRefusedWhereTheRatioNeedsIt()
    {
        using BigramPolicy policy = Policy();
        TrainerOptions options = Options(steps: 1);
        options.OldLogProbs = OldLogProbs.Recomputed;
        Trainer trainer = new(new AlteredPolicy(policy) { Scores = s => s with { LogProbs = s.LogProbs * float.NaN } }, Judge, Algorithm.Grpo(), options);

        await trainer.Awaiting(t => t.RunAsync(Questions())).Should().ThrowAsync<PartResultException>()
            .WithMessage("The policy AlteredPolicy gave NaN for the log-probability of token 0 at prompt '*', trajectory 0; a number is expected*");
    }

    [Test]
    public async Task Sampler_WithoutLogProbs_TrainsWhereThePolicyComputesThem()
    {
        using BigramPolicy one = Policy(), other = Policy();
        TrainerOptions options = Options(steps: 2);
        options.OldLogProbs = OldLogProbs.Recomputed;
        AlteredPolicy bare = new(one) { Trajectory = (t, _) => t with { LogProbs = default } };

        TrainingReport report = await new Trainer(bare, Judge, Algorithm.Grpo(), options).RunAsync(Questions());
        await new Trainer(other, Judge, Algorithm.Grpo(), options).RunAsync(Questions());

        one.Snapshot().Should().Equal(other.Snapshot(), "pi_old is the policy's own in both");
        report.Last!.Metrics.Keys.Should().NotContain([MetricNames.SamplingDifferenceMean, MetricNames.SamplingDifferenceMax], "nobody knows how far the sampler is off");
    }

    [Test]
    public async Task Sampler_WithoutLogProbs_IsRefusedWhereTheyAreTheRecord()
    {
        using BigramPolicy policy = Policy();
        Trainer trainer = new(new AlteredPolicy(policy) { Trajectory = (t, _) => t with { LogProbs = default } }, Judge, Algorithm.Grpo(), Options(steps: 1));

        await trainer.Awaiting(t => t.RunAsync(Questions())).Should().ThrowAsync<PartResultException>()
            .WithMessage("The sampler AlteredPolicy gave 0 log-probabilities for * tokens at prompt '*', trajectory 0; *OldLogProbs = Recomputed.");
    }

    private static TestCaseData Estimates(string name, Func<int, Advantage> of, string message)
        => new TestCaseData(new Estimator(of), message).SetName($"Estimator_{name.Replace(' ', '_')}");

    private static TestCaseData Extracts(string name, Func<ExtractionRequest, ExtractionResult> of, string message)
        => new TestCaseData(new Extractor(of), message).SetName($"Extractor_{name.Replace(' ', '_')}");

    private static MetaExperience Experience(ExtractionRequest request, int group = 0, int correct = 0)
    {
        RolloutGroup own = request.Groups[0];
        TextSpan all = new(0, own.Trajectories[0].Text.Length);
        return new(new(group, own, correct, 0), own.PromptTokenIds, own.Trajectories[0], new(all, all, all), own.PromptTokenIds);
    }

    /// <summary>The exception of a run of one step, which must leave the weights as they were.</summary>
    private static async Task<TException> Refused<TException>(Algorithm? algorithm = null, IVerifier? verifier = null, Func<TokenScores, TokenScores>? scores = null)
        where TException : Exception
    {
        using BigramPolicy policy = Policy();
        float[] before = policy.Snapshot();
        AlteredPolicy altered = new(policy) { Scores = scores ?? (s => s) };
        Trainer trainer = new(altered, verifier ?? Judge, algorithm ?? Algorithm.Grpo(), Options(steps: 1));

        TException refused = (await trainer.Awaiting(t => t.RunAsync(Questions())).Should().ThrowAsync<TException>()).Which;

        policy.Snapshot().Should().Equal(before);
        RunFailure.Of(refused).Should().StartWith("Step 1: the ");
        return refused;
    }

    private sealed class Estimator(Func<IReadOnlyList<IReadOnlyList<Advantage>>, IReadOnlyList<IReadOnlyList<Advantage>>> change, Func<int, Advantage> of) : IAdvantageEstimator
    {
        public Estimator(Func<int, Advantage> of)
            : this(all => all, of)
        {
        }

        public Estimator(Func<IReadOnlyList<IReadOnlyList<Advantage>>, IReadOnlyList<IReadOnlyList<Advantage>>> change)
            : this(change, _ => Advantage.OfTrajectory(1))
        {
        }

        public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
            => ValueTask.FromResult(change([.. rollouts.Groups.Select(g => (IReadOnlyList<Advantage>)[.. g.Trajectories.Select(t => of(t.TokenIds.Length))])]));
    }

    private sealed class Shaper(Func<RolloutGroup, RolloutGroup> shape) : IRewardShaper
    {
        public RolloutGroup Shape(RolloutGroup group) => shape(group);
    }

    private sealed class Extractor(Func<ExtractionRequest, ExtractionResult> of) : IExperienceExtractor
    {
        public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default) => Task.FromResult(of(request));
    }

    private sealed class Source(int gives) : IPromptSource
    {
        public ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default)
            => ValueTask.FromResult<IReadOnlyList<Prompt>>(gives switch
            {
                -1 => null!,
                < 0 => new Prompt[-gives],
                _ => [.. Enumerable.Range(0, gives).Select(i => new Prompt($"{i}", "a", "b"))],
            });
    }
}
