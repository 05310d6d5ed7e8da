using System.Diagnostics;
using Mel.Advantages;
using Mel.Algorithms;
using Mel.Checkpoints;
using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Mel.Training;

/// <summary>The parts of a run, checked against each other. They identify the run, and a checkpoint is restored into them.</summary>
internal sealed class RunSetup
{
    private readonly IVerifier _verifier;
    private readonly GuardedVerifier _guarded;
    private readonly bool _recomputes;
    private readonly bool _readsLogProbs;
    private int _running;

    public RunSetup(IPolicy policy, IVerifier verifier, Algorithm algorithm, TrainerOptions? options, TrainerParts? parts)
    {
        Policy = policy ?? throw new ArgumentNullException(nameof(policy));
        _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));
        Algorithm = algorithm ?? throw new ArgumentNullException(nameof(algorithm));
        Options = TrainerOptionsValidator.Copy(options);
        Parts = (parts ?? new TrainerParts()).Copy();
        Logger = Parts.Logger ?? (ILogger)NullLogger.Instance;
        ISampler sampler = Parts.Sampler ?? policy;
        // Options that break a rule are refused below, with everything else that is wrong.
        bool isValid = Options.Verification is { } given && !new VerificationOptionsValidator().Validate(null, given).Failed;
        _guarded = new GuardedVerifier(verifier, isValid ? Options.Verification : null, Time);
        Extractor = algorithm.Experiences?.Invoke(sampler, _guarded, Time);
        new RunComposition(algorithm, Options).CheckAlgorithm(Parts.Reference is not null).CheckParts(policy, Parts.Reference, Extractor).ThrowIfWrong();
        Sampler = sampler;
        if (Options.Sampling.MaxTokens >= sampler.ContextTokens) Log.LimitBeyondContext(Logger, Options.Sampling.MaxTokens, sampler.ContextTokens);
        RolloutNeeds needs = algorithm.Advantages.Needs | algorithm.Objective.Needs;
        bool differs = Parts.Sampler is not null || Options.Sampling.Truncates || needs.HasFlag(RolloutNeeds.PolicyLogProbs);
        _recomputes = Options.OldLogProbs == OldLogProbs.Recomputed || (Options.OldLogProbs == OldLogProbs.Auto && differs);
        // A sampler that stops recording must be noticed, unless the run was told to do without.
        _readsLogProbs = Options.OldLogProbs != OldLogProbs.Recomputed || needs.HasFlag(RolloutNeeds.PolicyLogProbs);
        VerifiedRollouts rollouts = new(sampler, _guarded, Time) { RequiresLogProbs = _readsLogProbs };
        Collector = new RolloutCollector(rollouts, algorithm.Shaper, algorithm.Filter, Options, Logger);
    }

    public IPolicy Policy { get; }

    public ISampler Sampler { get; }

    public Algorithm Algorithm { get; }

    public TrainerOptions Options { get; }

    public TrainerParts Parts { get; }

    public IExperienceExtractor? Extractor { get; }

    public RolloutCollector Collector { get; }

    public ILogger Logger { get; }

    public TimeProvider Time => Parts.Time;

    /// <summary>Marks the beginning of a run; the end is where the result is disposed.</summary>
    /// <exception cref="InvalidOperationException">A run is going on.</exception>
    public IDisposable Begin() => Interlocked.Exchange(ref _running, 1) == 0
        ? new Running(this)
        : throw new InvalidOperationException(
            "The trainer is in the middle of a run, and a second one would change the same weights under it; wait for its end, or make another trainer with a "
            + "policy of its own.");

    /// <summary>Adds the log-probabilities under the policy and under the reference, where the run needs them.</summary>
    public IReadOnlyList<RolloutGroup> Score(IReadOnlyList<RolloutGroup> groups)
    {
        if (_recomputes)
            groups = new PolicyScores("policy", Policy, Options.MicroBatchTokens)
                .AddTo(groups, (t, values) => t.PolicyLogProbs.IsEmpty ? t with { PolicyLogProbs = values } : t);
        if (Parts.Reference is { } reference)
            groups = new PolicyScores("reference", reference, Options.MicroBatchTokens) { MayRuleOut = true }
                .AddTo(groups, (t, values) => t with { ReferenceLogProbs = values });
        return groups;
    }

    /// <summary>The experiences of the groups; none where the run has no extractor.</summary>
    public Task<ExtractionResult> ExtractAsync(ExtractionRequest request, CancellationToken cancellationToken)
        => Extractor is null || request.Groups.Count == 0
            ? Task.FromResult(ExtractionResult.Empty)
            : ExtractionContract.ExtractAsync(Extractor, request, _readsLogProbs, cancellationToken);

    /// <summary>The number of judgements since the last call that failed and count as not judged.</summary>
    public int TakeVerifierFailures(int step)
    {
        (int count, string? first) = _guarded.TakeFailures();
        if (count > 0) Log.VerifierFailures(Logger, step, count, first);
        return count;
    }

    /// <summary>Takes hold of the checkpoint folder for the time of a run; null where the run has none.</summary>
    /// <exception cref="CheckpointException">Another run holds the folder, or it cannot be written to.</exception>
    public RunFolder? Hold(PolicyUpdater updater)
        => Options.CheckpointFolder is { } folder ? RunFolder.Open(folder, TrainingCheckpoint.BytesOf(Policy.Parameters, updater.Optimizer)) : null;

    /// <summary>The run at its beginning, or where the newest checkpoint that is sound left it.</summary>
    public async Task<RunContext> ResumeAsync(IPromptSource prompts, PolicyUpdater updater, RunServices services, CancellationToken cancellationToken)
    {
        // Without a folder only a service can save the run.
        RunIdentity identity = Options.CheckpointFolder is null && services.Given.Count == 0
            ? new RunIdentity()
            : await IdentifyAsync(prompts, services.Given, cancellationToken).ConfigureAwait(false);
        TrainingState? state = Options.CheckpointFolder is { } folder ? Load(folder, updater, identity) : null;
        return new RunContext(this, state ?? new TrainingState(0, 0, 0, 0), identity, updater);
    }

    private TrainingState? Load(string folder, PolicyUpdater updater, RunIdentity identity)
    {
        CheckpointException? damage = null;
        foreach (string path in RunFolder.Candidates(folder))
        {
            using Activity? activity = Activities.Start(Activities.ReadCheckpoint);
            activity?.SetTag(ActivityTags.FilePath, path);
            try
            {
                TrainingState state = TrainingCheckpoint.Load(path, Policy.Parameters, updater.Optimizer, identity, Options);
                activity?.SetTag(ActivityTags.Step, state.Step);
                if (damage is not null) Log.OlderCheckpoint(Logger, damage.Message, path, state.Step);
                Log.Resumed(Logger, state.Step, path);
                return state;
            }
            catch (CheckpointException e) when (activity.Fails(e) || !e.BelongsToAnotherRun)
            {
                damage ??= e;
            }
        }

        return damage is null
            ? null
            : throw new CheckpointException(
                damage.File, damage.Tensor,
                $"{damage.Message} No older checkpoint in the folder is sound. Restore one, or remove the files to begin anew.", damage);
    }

    /// <summary>
    /// Names every setting that changes the numbers of the run. Services change nothing and only add their states. The number of steps may grow where the
    /// learning rate does not depend on it.
    /// </summary>
    private async Task<RunIdentity> IdentifyAsync(IPromptSource prompts, IReadOnlyList<IRunService> services, CancellationToken cancellationToken)
    {
        RunIdentity identity = new();
        identity.Set(nameof(Options.Seed), Options.Seed);
        identity.Set(nameof(Options.PromptsPerStep), Options.PromptsPerStep);
        identity.Set(nameof(Options.GroupSize), Options.GroupSize);
        identity.Set(nameof(Options.MiniBatchPrompts), Options.MiniBatchPrompts);
        identity.Set(nameof(Options.Epochs), Options.Epochs);
        identity.Set(nameof(Options.MicroBatchTokens), Options.MicroBatchTokens);
        identity.Set(nameof(Options.MaxRefills), Options.MaxRefills);
        identity.Set(nameof(Options.OldLogProbs), _recomputes ? OldLogProbs.Recomputed : OldLogProbs.Recorded);
        if (Options.Optimizer.Schedule != LearningRateSchedule.Constant) identity.Set(nameof(Options.Steps), Options.Steps);
        identity.Set("threads", TorchSharp.torch.get_num_threads());
        identity.Within(nameof(Options.Sampling), () => identity.SetOptions(Options.Sampling));
        identity.Within(nameof(Options.Optimizer), () => identity.SetOptions(Options.Optimizer));
        // A policy is what it describes: its shape and its weights. A wrapper that only watches it makes no other run.
        if (Policy is IRunPart described) identity.Within("policy", () => described.Describe(identity));
        identity.Add("sampler", ReferenceEquals(Sampler, Policy) ? null : Sampler);
        identity.Add("reference", Parts.Reference);
        identity.Add("verifier", _verifier);
        Algorithm.Describe(identity);
        identity.Add("experiences", Extractor);
        identity.Add("prompts", prompts);
        // A source that does not describe itself is known by what it gives first: position 0 always yields the same prompt.
        if (prompts is not IRunPart)
            identity.Set("prompts.first", Prompt.DigestOf(await prompts.TakeAsync(0, Options.PromptsPerStep, cancellationToken).ConfigureAwait(false)));
        foreach (IGrouping<string, IRunService> alike in services.GroupBy(s => s.GetType().Name, StringComparer.Ordinal))
        {
            foreach ((int i, IRunService service) in alike.Index())
                identity.AddState(i == 0 ? $"services.{alike.Key}" : $"services.{alike.Key}_{i + 1}", service);
        }

        return identity;
    }

    private sealed class Running(RunSetup setup) : IDisposable
    {
        public void Dispose()
        {
            setup._guarded.TakeFailures();     // those of a step that was not completed
            Volatile.Write(ref setup._running, 0);
        }
    }
}
