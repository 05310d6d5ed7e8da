using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Rewards;

/// <summary>
/// Samples attempts and judges several of them at a time. A training step, an evaluation and a replay all begin with it. What sampler and verifier return is
/// checked here, and nowhere after.
/// </summary>
/// <param name="sampler">Makes the attempts.</param>
/// <param name="verifier">Judges them, from several threads at once.</param>
/// <param name="time">Clock for the durations and the time limit; the system's where null.</param>
/// <param name="verification">
/// Time limit, parallelism and what failures become. Null takes the defaults, or those of the run where the verifier was handed out by one.
/// </param>
/// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
public sealed class VerifiedRollouts(ISampler sampler, IVerifier verifier, TimeProvider? time = null, VerificationOptions? verification = null)
{
    private readonly GuardedVerifier _verifier = GuardedVerifier.Around(verifier ?? throw new ArgumentNullException(nameof(verifier)), verification, time);
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The sampler that makes the attempts.</summary>
    public ISampler Sampler { get; } = sampler ?? throw new ArgumentNullException(nameof(sampler));

    /// <summary>
    /// Whether attempts without recorded log-probabilities are an error. They are where a policy learns from the attempts: the record is pi_old, or shows how
    /// far sampler and policy are apart. Where nothing learns from the attempts, there is no need for them.
    /// </summary>
    /// <value>The default is true.</value>
    public bool RequiresLogProbs { get; init; } = true;

    /// <summary>Makes a request of a question and encodes it.</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="count">Number of attempts, at least 1.</param>
    /// <param name="seed">Seed of the request.</param>
    /// <exception cref="PromptTooLongException">The question leaves no room for a single token of a response.</exception>
    public RolloutRequest Request(Prompt prompt, int count, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ReadOnlyMemory<int> encoded = SamplerContract.Encode(Sampler, prompt.Messages, prompt.Id);
        if (encoded.Length >= Sampler.ContextTokens) 
            throw new PromptTooLongException($"The prompt '{Excerpt.Of(prompt.Id)}'", encoded.Length, Sampler.ContextTokens);
        return new RolloutRequest(prompt, encoded, count, seed);
    }

    /// <summary>Makes and judges all attempts of the requests.</summary>
    /// <param name="requests">What to attempt.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="cancellationToken">
    /// Stops the work; <see cref="OperationCanceledException"/> is let through. A verifier that takes no note of it is not waited for.
    /// </param>
    /// <exception cref="Diagnostics.PartResultException">Sampler or verifier returned what its interface does not allow.</exception>
    /// <exception cref="TimeoutException">
    /// The verifier took longer than the options allow, or sampler or verifier gave up by a cancellation that was not the caller's.
    /// </exception>
    public async Task<VerifiedSample> SampleAsync(
        IReadOnlyList<RolloutRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        ArgumentNullException.ThrowIfNull(options);
        long start = _time.GetTimestamp();
        IReadOnlyList<IReadOnlyList<Trajectory>> trajectories = await SamplerContract.SampleAsync(
            Sampler, [.. requests.Select(r => new SamplingRequest(r.ContextTokenIds, r.Count, r.Seed))], [.. requests.Select(r => r.Prompt.Id)], options,
            RequiresLogProbs, cancellationToken).ConfigureAwait(false);
        long sampled = _time.GetTimestamp();
        Judgement[][] judgements = await JudgeAsync(requests, trajectories, cancellationToken).ConfigureAwait(false);
        return new VerifiedSample(
            [.. requests.Select((r, g) => new RolloutGroup(r.Prompt, r.ContextTokenIds, trajectories[g], judgements[g]) { Sampling = options })],
            trajectories.Sum(group => group.Sum(t => (long)t.TokenIds.Length)),
            _time.GetElapsedTime(start, sampled),
            _time.GetElapsedTime(sampled));
    }

    private async Task<Judgement[][]> JudgeAsync(
        IReadOnlyList<RolloutRequest> requests, IReadOnlyList<IReadOnlyList<Trajectory>> trajectories, CancellationToken cancellationToken)
    {
        using Activity? activity = Activities.Start(Activities.Verify);
        activity?.SetTag(ActivityTags.Verifier, _verifier.Name).SetTag(ActivityTags.Trajectories, trajectories.Sum(group => group.Count));
        try
        {
            Judgement[][] judgements = [.. trajectories.Select(group => new Judgement[group.Count])];
            IEnumerable<(int Group, int Index)> all = trajectories.SelectMany((group, g) => Enumerable.Range(0, group.Count).Select(i => (g, i)));
            ParallelOptions parallel = new() { CancellationToken = cancellationToken, MaxDegreeOfParallelism = _verifier.Options.Parallelism };
            await Parallel.ForEachAsync(all, parallel, async (at, token) =>
                judgements[at.Group][at.Index] = await _verifier.JudgeAsync(requests[at.Group].Prompt, trajectories[at.Group][at.Index], at.Index, token)
                    .ConfigureAwait(false)).ConfigureAwait(false);
            return judgements;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }
}

/// <summary>A request for several attempts at one prompt.</summary>
public sealed class RolloutRequest(Prompt prompt, ReadOnlyMemory<int> contextTokenIds, int count, ulong seed)
{
    /// <summary>The question, with the reference answer the attempts are judged by.</summary>
    public Prompt Prompt { get; } = prompt;

    /// <summary>The tokens that the sampler continues: the encoded question, or another context for it.</summary>
    public ReadOnlyMemory<int> ContextTokenIds { get; } = contextTokenIds;

    /// <summary>Number of attempts, at least 1.</summary>
    public int Count { get; } = count;

    /// <summary>Seed of this request.</summary>
    public ulong Seed { get; } = seed;
}

/// <summary>Judged attempts, with the tokens and the time they took.</summary>
public sealed class VerifiedSample(IReadOnlyList<RolloutGroup> groups, long tokens, TimeSpan sampleDuration, TimeSpan verifyDuration)
{
    /// <summary>One group per request, in the order of the requests.</summary>
    public IReadOnlyList<RolloutGroup> Groups { get; } = groups;

    /// <summary>Number of tokens that were sampled.</summary>
    public long Tokens { get; } = tokens;

    /// <summary>Time spent on sampling.</summary>
    public TimeSpan SampleDuration { get; } = sampleDuration;

    /// <summary>Time spent on judging.</summary>
    public TimeSpan VerifyDuration { get; } = verifyDuration;
}
