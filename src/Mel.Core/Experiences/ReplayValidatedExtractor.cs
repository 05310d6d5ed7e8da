using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>
/// Keeps an experience only if it helps: the policy answers the question again with the experience in hand, and the verifier must say correct (Eq. 6).
/// </summary>
public sealed class ReplayValidatedExtractor : DelegatingExperienceExtractor, IRunDemands
{
    private readonly VerifiedRollouts _rollouts;
    private readonly IExperienceLanguage _language;
    private readonly ExperienceOptions _options;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Where the candidates come from.</param>
    /// <param name="sampler">Makes the attempts.</param>
    /// <param name="verifier">Judges them; the verifier of the run.</param>
    /// <param name="language">The replay prompt; the paper's where null.</param>
    /// <param name="options">Number, temperature and required successes of the attempts; the defaults where null.</param>
    /// <param name="time">Clock for the durations of the result; the system's where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public ReplayValidatedExtractor(
        IExperienceExtractor inner, ISampler sampler, IVerifier verifier, IExperienceLanguage? language = null, ExperienceOptions? options = null,
        TimeProvider? time = null)
        : base(inner)
    {
        _rollouts = new VerifiedRollouts(sampler, verifier, time) { RequiresLogProbs = false };
        _language = language ?? new PaperExperienceLanguage();
        _options = OptionRules.Checked(options, new ExperienceOptionsValidator());
    }

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ExtractionResult candidates = await Inner.ExtractAsync(request, cancellationToken).ConfigureAwait(false);
        List<DroppedExperience> dropped = [.. candidates.Dropped];
        SamplingOptions rollouts = request.Groups.FirstOrDefault(g => g.Sampling is not null)?.Sampling ?? new SamplingOptions();
        int maxTokens = _options.ReplayMaxTokens ?? rollouts.MaxTokens;
        List<(MetaExperience Candidate, RolloutRequest Request)> replays = [];
        for (int i = 0; i < candidates.Retained.Count; i++)
        {
            MetaExperience candidate = candidates.Retained[i];
            Prompt prompt = candidate.Pair.Group.Prompt;
            ReadOnlyMemory<int> context = SamplerContract.Encode(_rollouts.Sampler, _language.ReplayPrompt(prompt, candidate.Text), prompt.Id);
            if (context.Length + maxTokens <= _rollouts.Sampler.ContextTokens)
                replays.Add((candidate, new RolloutRequest(prompt, context, _options.ReplayCount, SplitMix64.Derive(request.Seed, 2, (ulong)i))));
            else
                dropped.Add(Dropped(
                    candidate, DropReason.ReplayTooLong,
                    $"The replay prompt has {context.Length} tokens; with {maxTokens} for the answer "
                    + $"it exceeds the context of {_rollouts.Sampler.ContextTokens}.",
                    []));
        }

        if (replays.Count == 0) return candidates with { Retained = [], Dropped = dropped };
        SamplingOptions sampling = new() { Temperature = _options.ReplayTemperature, MaxTokens = maxTokens };
        VerifiedSample sample = await ReplayAsync([.. replays.Select(r => r.Request)], sampling, cancellationToken).ConfigureAwait(false);
        List<MetaExperience> retained = [];
        foreach ((MetaExperience candidate, RolloutGroup attempts) in replays.Zip(sample.Groups, (r, group) => (r.Candidate, group)))
        {
            Replay[] judged = [.. attempts.Trajectories.Select((attempt, k) => new Replay(attempt, attempts.Judgements[k]))];
            int successes = judged.Count(r => r.Judgement.Verdict == Verdict.Correct);
            if (successes >= _options.RequiredSuccesses) retained.Add(candidate with { Replays = judged });
            else
                dropped.Add(Dropped(
                    candidate, DropReason.ReplayFailed, $"{successes} of {judged.Length} replays were correct; {_options.RequiredSuccesses} must be.", judged));
        }

        return candidates with
        {
            Retained = retained,
            Dropped = dropped,
            ReplayTokens = sample.Tokens,
            ReplayDuration = sample.SampleDuration + sample.VerifyDuration,
        };
    }

    /// <inheritdoc/>
    public override void Describe(RunIdentity identity)
    {
        base.Describe(identity);
        identity.SetOptions(_options);
        identity.Add("language", _language);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unmet(RunShape run)
    {
        ArgumentNullException.ThrowIfNull(run);
        int limit = _options.ReplayMaxTokens ?? run.Sampling.MaxTokens, context = _rollouts.Sampler.ContextTokens;
        return limit < context
            ? []
            : [$"A replay may have {limit} tokens ({nameof(_options.ReplayMaxTokens)}, or Sampling.MaxTokens), but prompt and answer together may have "
                + $"{context}, the context of the sampler: every candidate would be dropped. Lower it."];
    }

    private async Task<VerifiedSample> ReplayAsync(RolloutRequest[] replays, SamplingOptions sampling, CancellationToken cancellationToken)
    {
        using Activity? activity = Activities.Start(Activities.Replay);
        activity?.SetTag(ActivityTags.Candidates, replays.Length);
        try
        {
            return await _rollouts.SampleAsync(replays, sampling, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private static DroppedExperience Dropped(MetaExperience candidate, DropReason reason, string detail, IReadOnlyList<Replay> replays)
        => new(candidate.Pair, reason, detail)
        {
            ContextTokenIds = candidate.ContextTokenIds,
            Written = candidate.Written,
            Sections = candidate.Sections,
            Replays = replays,
        };
}
