using Mel.Advantages;
using Mel.Algorithms;
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
    private readonly bool _recomputes;
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
        Extractor = algorithm.Experiences?.Invoke(sampler, verifier, Time);
        new RunComposition(algorithm, Options).CheckAlgorithm(Parts.Reference is not null).CheckParts(policy, Parts.Reference, Extractor).ThrowIfWrong();
        Collector = new RolloutCollector(new VerifiedRollouts(sampler, verifier, Time), algorithm.Shaper, algorithm.Filter, Options, Logger);
        Sampler = sampler;
        if (Options.Sampling.MaxTokens >= sampler.ContextTokens) Log.LimitBeyondContext(Logger, Options.Sampling.MaxTokens, sampler.ContextTokens);
        RolloutNeeds needs = algorithm.Advantages.Needs | algorithm.Objective.Needs;
        bool differs = Parts.Sampler is not null || Options.Sampling.Truncates || needs.HasFlag(RolloutNeeds.PolicyLogProbs);
        _recomputes = Options.OldLogProbs == OldLogProbs.Recomputed || (Options.OldLogProbs == OldLogProbs.Auto && differs);
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
            groups = PolicyScores.AddTo(
                groups, Policy, Options.MicroBatchTokens, (t, values) => t.PolicyLogProbs.IsEmpty ? t with { PolicyLogProbs = values } : t);
        if (Parts.Reference is { } reference)
            groups = PolicyScores.AddTo(groups, reference, Options.MicroBatchTokens, (t, values) => t with { ReferenceLogProbs = values });
        return groups;
    }

    /// <summary>The run at its beginning, or where its checkpoint left it.</summary>
    public RunContext Resume(IPromptSource prompts, PolicyUpdater updater, RunServices services)
    {
        RunIdentity identity = Identify(prompts, services.Given);
        TrainingState? state = Options.CheckpointFolder is { } folder
            ? TrainingCheckpoint.TryLoad(folder, Policy.Parameters, updater.Optimizer, identity)
            : null;
        if (state is not null) Log.Resumed(Logger, state.Step, Options.CheckpointFolder!);
        RunContext? run = null;
        run = new RunContext(Policy, Sampler, Options, state ?? new TrainingState(0, 0, 0, 0), identity, to =>
        {
            TrainingCheckpoint.Save(to, Policy.Parameters, updater.Optimizer, run!.State, identity, run.Remembered);
            Log.CheckpointWritten(Logger, run.State.Step, to);
        });
        return run;
    }

    /// <summary>
    /// Names every setting that changes the numbers of the run. The number of steps may grow. Services change nothing and only add their states.
    /// </summary>
    private RunIdentity Identify(IPromptSource prompts, IReadOnlyList<IRunService> services)
    {
        RunIdentity identity = new();
        identity.Set(nameof(Options.Seed), Options.Seed);
        identity.Set(nameof(Options.PromptsPerStep), Options.PromptsPerStep);
        identity.Set(nameof(Options.GroupSize), Options.GroupSize);
        identity.Set(nameof(Options.MiniBatchPrompts), Options.MiniBatchPrompts);
        identity.Set(nameof(Options.Epochs), Options.Epochs);
        identity.Set(nameof(Options.MaxRefills), Options.MaxRefills);
        identity.Set(nameof(Options.OldLogProbs), _recomputes ? OldLogProbs.Recomputed : OldLogProbs.Recorded);
        identity.Within(nameof(Options.Sampling), () => identity.SetOptions(Options.Sampling));
        identity.Within(nameof(Options.Optimizer), () => identity.SetOptions(Options.Optimizer));
        identity.Add("prompts", prompts);
        identity.Add("verifier", _verifier);
        Algorithm.Describe(identity);
        identity.Add("experiences", Extractor);
        foreach (IGrouping<string, IRunService> alike in services.GroupBy(s => s.GetType().Name, StringComparer.Ordinal))
        {
            foreach ((int i, IRunService service) in alike.Index())
                identity.AddState(i == 0 ? $"services.{alike.Key}" : $"services.{alike.Key}_{i + 1}", service);
        }

        return identity;
    }

    private sealed class Running(RunSetup setup) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref setup._running, 0);
    }
}
