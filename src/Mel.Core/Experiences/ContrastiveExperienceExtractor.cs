using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Experiences;

/// <summary>
/// Asks the policy to compare a right and a wrong attempt at the same question and reads the meta-experience it writes: Eq. 2-5 in one generation.
/// Wrap it in a <see cref="ReplayValidatedExtractor"/> to keep only what helps (Eq. 6).
/// </summary>
public sealed class ContrastiveExperienceExtractor : IExperienceExtractor, IRunPart, IRunDemands
{
    private readonly ISampler _sampler;
    private readonly IExperienceLanguage _language;
    private readonly ExperienceOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates an extractor.</summary>
    /// <param name="sampler">Writes the experiences: the policy itself, or the engine that samples for it.</param>
    /// <param name="language">Prompts and parser; the paper's where null.</param>
    /// <param name="options">Pairs, temperature and token limit; the defaults where null.</param>
    /// <param name="time">Clock for the durations of the result; the system's where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public ContrastiveExperienceExtractor(ISampler sampler, IExperienceLanguage? language = null, ExperienceOptions? options = null, TimeProvider? time = null)
    {
        _sampler = sampler ?? throw new ArgumentNullException(nameof(sampler));
        _language = language ?? new PaperExperienceLanguage();
        _options = OptionRules.Checked(options, new ExperienceOptionsValidator());
        _time = time ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    public async Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!_options.IncludesStep(request.Step)) return ExtractionResult.Empty;
        ulong seed = request.Seed;
        long start = _time.GetTimestamp();
        List<ContrastivePair> pairs =
            [.. request.Groups.SelectMany((group, index) => PairChoice.Of(index, group, _options, SplitMix64.Derive(seed, (ulong)index)))];
        List<DroppedExperience> dropped = [];
        List<(ContrastivePair Pair, ReadOnlyMemory<int> Context)> asked = [];
        foreach (ContrastivePair pair in pairs)
        {
            ReadOnlyMemory<int> context = SamplerContract.Encode(
                _sampler, _language.ExtractionPrompt(pair.Group.Prompt, pair.Incorrect, pair.Correct), pair.Group.Prompt.Id);
            if (context.Length + _options.ExtractionMaxTokens <= _sampler.ContextTokens) asked.Add((pair, context));
            else dropped.Add(TooLong(pair, context));
        }

        if (asked.Count == 0) return new ExtractionResult { Dropped = dropped, Pairs = pairs.Count, ExtractionDuration = _time.GetElapsedTime(start) };

        SamplingOptions sampling = new() { Temperature = _options.ExtractionTemperature, MaxTokens = _options.ExtractionMaxTokens };
        List<SamplingRequest> requests = [.. asked.Select((a, i) => new SamplingRequest(a.Context, 1, SplitMix64.Derive(seed, 1, (ulong)i)))];
        IReadOnlyList<IReadOnlyList<Trajectory>> written = await SamplerContract.SampleAsync(
            _sampler, requests, [.. asked.Select(a => a.Pair.Group.Prompt.Id)], sampling, needsLogProbs: false, cancellationToken).ConfigureAwait(false);

        List<MetaExperience> retained = [];
        for (int i = 0; i < asked.Count; i++)
        {
            ((ContrastivePair pair, ReadOnlyMemory<int> context), Trajectory text) = (asked[i], written[i][0]);
            if (text.FinishReason != FinishReason.Stop)
            {
                string unended = $"The experience did not end within {_options.ExtractionMaxTokens} tokens.";
                dropped.Add(new DroppedExperience(pair, DropReason.Unterminated, unended) { ContextTokenIds = context, Written = text });
                continue;
            }

            ExperienceParse parse = text.TokenIds.IsEmpty ? ExperienceParse.Malformed("The sampler wrote no token.") : _language.Parse(text.Text);
            if (parse.IsWellFormed)
            {
                ReadOnlyMemory<int> recall = SamplerContract.Encode(
                    _sampler, _language.RecallPrompt(text.Text, parse.Sections), pair.Group.Prompt.Id, mayBeEmpty: true);
                retained.Add(new MetaExperience(pair, context, text, parse.Sections, recall));
            }
            else
                dropped.Add(new DroppedExperience(pair, DropReason.Malformed, parse.Defect) { ContextTokenIds = context, Written = text });
        }

        return new ExtractionResult
        {
            Retained = retained,
            Dropped = dropped,
            Pairs = pairs.Count,
            Candidates = asked.Count,
            WellFormed = retained.Count,
            ExtractionTokens = written.Sum(w => (long)w[0].TokenIds.Length),
            ExtractionDuration = _time.GetElapsedTime(start),
        };
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
        identity.Add("language", _language);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unmet(RunShape run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.GroupSize < 2)
            yield return $"GroupSize is {run.GroupSize}: an experience compares a right and a wrong attempt at one question, so a group needs at least 2.";
        if (_options.ExtractionMaxTokens >= _sampler.ContextTokens)
            yield return $"{nameof(_options.ExtractionMaxTokens)} is {_options.ExtractionMaxTokens}, but prompt and experience together may have "
                + $"{_sampler.ContextTokens} tokens, the context of the sampler: every pair would be dropped. Lower it.";
    }

    private DroppedExperience TooLong(ContrastivePair pair, ReadOnlyMemory<int> context)
    {
        string detail = $"The extraction prompt has {context.Length} tokens; with {_options.ExtractionMaxTokens} for the experience "
            + $"it exceeds the context of {_sampler.ContextTokens}.";
        return new DroppedExperience(pair, DropReason.ContextTooLong, detail) { ContextTokenIds = context };
    }
}
