using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>
/// Measures Pass@1 at temperature 0 and Avg@k, Pass@k at a sampling temperature (section 4 of the paper). Needs a sampler and a verifier, nothing that trains.
/// </summary>
/// <param name="sampler">What is evaluated.</param>
/// <param name="verifier">Judges the attempts.</param>
/// <param name="verification">Time limit, parallelism and what failures become; the defaults where null.</param>
/// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
public sealed class Evaluator(ISampler sampler, IVerifier verifier, VerificationOptions? verification = null)
{
    private readonly VerifiedRollouts _rollouts = new(sampler, verifier, null, verification) { RequiresLogProbs = false };

    /// <summary>Receives every attempt once it is judged. Those that a records file held already come first.</summary>
    /// <value>The default is null.</value>
    public IProgress<EvaluationRecord>? Progress { get; init; }

    /// <summary>Evaluates on every prompt of a list.</summary>
    /// <param name="prompts">The questions; at least one, with distinct ids.</param>
    /// <param name="options">Attempts, temperature and records; the defaults where null.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <exception cref="PromptTooLongException">
    /// A prompt does not fit into the context. An evaluation leaves nothing out: another set of questions would be another figure.
    /// </exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    /// <exception cref="EvaluationRecordsException">The records file is damaged, in use, or of another evaluation.</exception>
    public async Task<EvaluationReport> EvaluateAsync(
        IReadOnlyList<Prompt> prompts, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        if (prompts.Count == 0) throw new ArgumentException("There is no question to evaluate on; give at least one.", nameof(prompts));
        if (prompts.GroupBy(p => p.Id, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"The prompt id {Excerpt.Quoted(twice.Key)} occurs twice; ids name questions and must be distinct.", nameof(prompts));
        EvaluationOptions checkedOptions = OptionRules.Checked(options, new EvaluationOptionsValidator());
        ComputeThreads.Keep();
        using EvaluationRecordWriter? file =
            checkedOptions.RecordsFile is { } path ? EvaluationRecordWriter.Open(path, Identity(prompts, checkedOptions)) : null;
        Attempts attempts = new(file, Progress);
        using Activity? activity = Activities.Start(Activities.Evaluate);
        activity?.SetTag(ActivityTags.Prompts, prompts.Count).SetTag(ActivityTags.Samples, checkedOptions.Samples);
        try
        {
            Task first = AttemptAsync(attempts, prompts, greedy: true, checkedOptions, cancellationToken);
            if (!_rollouts.Sampler.AllowsOverlap) await first.ConfigureAwait(false);
            Task further = checkedOptions.Samples == 0 ? Task.CompletedTask : AttemptAsync(attempts, prompts, greedy: false, checkedOptions, cancellationToken);
            await Task.WhenAll(first, further).ConfigureAwait(false);
            EvaluationReport report = new(attempts.Of(prompts), checkedOptions.Samples);
            activity?.SetTag(ActivityTags.PassAt1, report.PassAt1);
            return report;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private async Task AttemptAsync(
        Attempts attempts, IReadOnlyList<Prompt> prompts, bool greedy, EvaluationOptions options, CancellationToken cancellationToken)
    {
        int count = greedy ? 1 : options.Samples, first = greedy ? 0 : 1;
        RolloutRequest[] requests =
        [
            .. from item in prompts.Index()
               where Enumerable.Range(first, count).Any(sample => !attempts.Has(item.Item, sample))
               select _rollouts.Request(item.Item, count, SplitMix64.Derive(options.Seed, (ulong)count, (ulong)item.Index)),
        ];
        SamplingOptions sampling = new() { Temperature = greedy ? 0 : options.Temperature, MaxTokens = options.MaxTokens };
        foreach (RolloutRequest[] batch in requests.Chunk(options.BatchQuestions))
        {
            IReadOnlyList<RolloutGroup> groups = (await _rollouts.SampleAsync(batch, sampling, cancellationToken).ConfigureAwait(false)).Groups;
            attempts.Add(batch, groups, first);
        }
    }

    /// <summary>What another process must have in common with this one to go on with its records.</summary>
    private RunIdentity Identity(IReadOnlyList<Prompt> prompts, EvaluationOptions options)
    {
        RunIdentity identity = new();
        identity.Add("sampler", _rollouts.Sampler);
        identity.Add("verifier", verifier);
        identity.Set("data.count", prompts.Count);
        identity.Set("data.content", Prompt.DigestOf(prompts));
        identity.Set(nameof(options.Samples), options.Samples);
        identity.Set(nameof(options.Temperature), options.Temperature);
        identity.Set(nameof(options.MaxTokens), options.MaxTokens);
        identity.Set(nameof(options.Seed), options.Seed);
        return identity;
    }

    /// <summary>The attempts that were judged so far.</summary>
    private sealed class Attempts
    {
        private readonly Dictionary<(string Question, int Sample), EvaluationRecord> _records = [];
        private readonly EvaluationRecordWriter? _file;
        private readonly IProgress<EvaluationRecord>? _progress;
        private readonly Lock _gate = new();

        public Attempts(EvaluationRecordWriter? file, IProgress<EvaluationRecord>? progress)
        {
            (_file, _progress) = (file, progress);
            foreach (EvaluationRecord record in file?.Earlier ?? []) Keep(record);
        }

        public bool Has(Prompt prompt, int sample)
        {
            lock (_gate) return _records.ContainsKey((prompt.Id, sample));
        }

        /// <summary>Records the attempts of a batch that the file does not have yet.</summary>
        public void Add(RolloutRequest[] requests, IReadOnlyList<RolloutGroup> groups, int first)
        {
            lock (_gate)
            {
                List<EvaluationRecord> made = [];
                foreach ((int i, RolloutGroup group) in groups.Index())
                {
                    string digest = Prompt.DigestOf([group.Prompt]);
                    for (int j = 0; j < group.Trajectories.Count; j++)
                    {
                        if (_records.ContainsKey((group.Prompt.Id, first + j))) continue;
                        made.Add(EvaluationRecord.Of(
                            group.Prompt, digest, first + j, group.Sampling!.Temperature, requests[i].Seed, group.Trajectories[j], group.Judgements[j]));
                    }
                }

                _file?.Write(made);
                foreach (EvaluationRecord record in made) Keep(record);
            }
        }

        /// <summary>All attempts, in the order of the questions.</summary>
        public IReadOnlyList<EvaluationRecord> Of(IReadOnlyList<Prompt> prompts)
        {
            ILookup<string, EvaluationRecord> byQuestion = _records.Values.ToLookup(r => r.Question, StringComparer.Ordinal);
            return [.. prompts.SelectMany(p => byQuestion[p.Id].OrderBy(r => r.Sample))];
        }

        private void Keep(EvaluationRecord record)
        {
            _records[(record.Question, record.Sample)] = record;
            _progress?.Report(record);
        }
    }
}
