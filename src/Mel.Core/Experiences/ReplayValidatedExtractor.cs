using Mel.Rewards;
using Mel.Runtime;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>Keeps an experience only if it helps: the policy answers the question again with the experience in hand, and the verifier must say correct (Eq. 6).</summary>
public sealed class ReplayValidatedExtractor : DelegatingExperienceExtractor
{
    private readonly ISampler _sampler;
    private readonly IVerifier _verifier;
    private readonly IExperienceLanguage _language;
    private readonly ExperienceOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">Where the candidates come from.</param>
    /// <param name="sampler">Makes the attempts.</param>
    /// <param name="verifier">Judges them; the verifier of the run.</param>
    /// <param name="language">The replay prompt; the paper's where null.</param>
    /// <param name="options">Number, temperature and required successes of the attempts; the defaults where null.</param>
    /// <param name="time">Clock for the durations of the result; the system's where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option breaks a rule of <see cref="ExperienceOptionsValidator"/>.</exception>
    public ReplayValidatedExtractor(
        IExperienceExtractor inner, ISampler sampler, IVerifier verifier, IExperienceLanguage? language = null, ExperienceOptions? options = null, TimeProvider? time = null)
        : base(inner)
    {
        _sampler = sampler ?? throw new ArgumentNullException(nameof(sampler));
        _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));
        _language = language ?? new PaperExperienceLanguage();
        _options = OptionRules.Checked(options, new ExperienceOptionsValidator());
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public override async Task<ExtractionResult> ExtractAsync(IReadOnlyList<RolloutGroup> groups, ulong seed, CancellationToken cancellationToken = default)
    {
        ExtractionResult candidates = await Inner.ExtractAsync(groups, seed, cancellationToken).ConfigureAwait(false);
        long start = _time.GetTimestamp();
        List<DroppedExperience> dropped = [.. candidates.Dropped];
        List<(MetaExperience Candidate, SamplingRequest Request)> replays = [];
        for (int i = 0; i < candidates.Retained.Count; i++)
        {
            MetaExperience candidate = candidates.Retained[i];
            ReadOnlyMemory<int> context = _sampler.Encode(_language.ReplayPrompt(candidate.Pair.Group.Prompt, candidate.Text));
            if (context.Length + _options.ReplayMaxTokens <= _sampler.ContextTokens)
                replays.Add((candidate, new SamplingRequest(context, _options.ReplayCount, SplitMix64.Derive(seed, 2, (ulong)i))));
            else
                dropped.Add(new DroppedExperience(candidate.Pair, DropReason.ReplayTooLong, $"The replay prompt has {context.Length} tokens; with {_options.ReplayMaxTokens} for the answer it exceeds the context of {_sampler.ContextTokens}.", candidate.Written));
        }

        List<MetaExperience> retained = [];
        long tokens = 0;
        if (replays.Count > 0)
        {
            SamplingOptions sampling = new() { Temperature = _options.ReplayTemperature, MaxTokens = _options.ReplayMaxTokens };
            var attempts = await _sampler.SampleAsync([.. replays.Select(r => r.Request)], sampling, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < replays.Count; i++)
            {
                MetaExperience candidate = replays[i].Candidate;
                List<Replay> judged = [];
                foreach (Trajectory attempt in attempts[i])
                {
                    judged.Add(new Replay(attempt, await _verifier.VerifyAsync(candidate.Pair.Group.Prompt, attempt, cancellationToken).ConfigureAwait(false)));
                    tokens += attempt.TokenIds.Length;
                }

                int successes = judged.Count(r => r.Verdict == Verdict.Correct);
                if (successes >= _options.RequiredSuccesses) retained.Add(candidate with { Replays = judged });
                else dropped.Add(new DroppedExperience(candidate.Pair, DropReason.ReplayFailed, $"{successes} of {judged.Count} replays were correct; {_options.RequiredSuccesses} must be.", candidate.Written));
            }
        }

        return candidates with { Retained = retained, Dropped = dropped, ReplayTokens = tokens, ReplayDuration = _time.GetElapsedTime(start) };
    }
}
