using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>
/// Lets the policy try hard questions again with guidance in the prompt, and lets the right attempts join their groups: what Scaf-GRPO and StepHint do. An
/// attempt is learned after the question alone.
/// </summary>
/// <remarks>
/// The recorded log-probabilities of a guided attempt are those with the guidance. Where the run computes pi_old itself (<c>OldLogProbs.Recomputed</c>), the
/// ratio begins at 1 instead.
/// </remarks>
public sealed class GuidedAttempts : DelegatingExperienceExtractor
{
    private const ulong GuideStream = 5;

    private readonly VerifiedRollouts _rollouts;
    private readonly Func<RolloutGroup, string?> _guide;
    private readonly int _attempts;
    private readonly int _mostCorrect;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Where experiences come from.</param>
    /// <param name="sampler">Makes the attempts.</param>
    /// <param name="verifier">Judges them; the verifier of the run.</param>
    /// <param name="guide">The message with question and guidance for a group; null where there is no guidance.</param>
    /// <param name="attempts">Attempts per group, at least 1.</param>
    /// <param name="mostCorrect">A group with more right attempts than these is left as it is.</param>
    /// <param name="time">Clock; the system's where null.</param>
    public GuidedAttempts(
        IExperienceExtractor inner, ISampler sampler, IVerifier verifier, Func<RolloutGroup, string?> guide, int attempts = 4, int mostCorrect = 0,
        TimeProvider? time = null)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(mostCorrect);
        _rollouts = new VerifiedRollouts(sampler, verifier, time);
        (_guide, _attempts, _mostCorrect) = (guide ?? throw new ArgumentNullException(nameof(guide)), attempts, mostCorrect);
    }

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult result = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        SamplingOptions sampling = request.Groups.FirstOrDefault(g => g.Sampling is not null)?.Sampling ?? new SamplingOptions();
        List<(int Group, RolloutRequest Request)> hard = [];
        for (int g = 0; g < request.Groups.Count; g++)
        {
            RolloutGroup group = request.Groups[g];
            if (group.Verdicts.Count(v => v == Verdict.Correct) > _mostCorrect || _guide(group) is not { } message) continue;
            ReadOnlyMemory<int> context = SamplerContract.Encode(_rollouts.Sampler, message, group.Prompt.Id);
            if (context.Length + sampling.MaxTokens <= _rollouts.Sampler.ContextTokens)
                hard.Add((g, new RolloutRequest(group.Prompt, context, _attempts, SplitMix64.Derive(request.Seed, GuideStream, (ulong)g))));
        }

        if (hard.Count == 0) return result;
        VerifiedSample sample = await _rollouts.SampleAsync([.. hard.Select(h => h.Request)], sampling, cancellationToken).ConfigureAwait(false);
        IEnumerable<JoiningTrajectory> right = hard.Zip(sample.Groups).SelectMany(pair => Enumerable.Range(0, _attempts)
            .Where(i => pair.Second.Verdicts[i] == Verdict.Correct)
            .Select(i => new JoiningTrajectory(pair.First.Group, pair.Second.Trajectories[i], pair.Second.Judgements[i])));
        return result with
        {
            Joining = [.. result.Joining, .. right],
            ReplayTokens = result.ReplayTokens + sample.Tokens,
            ReplayDuration = result.ReplayDuration + sample.SampleDuration + sample.VerifyDuration,
        };
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.Set("guide", _guide);
        identity.Set("attempts", _attempts);
        identity.Set("most_correct", _mostCorrect);
    }
}
