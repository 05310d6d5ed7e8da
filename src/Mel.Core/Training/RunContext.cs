using Mel.Diagnostics;
using Mel.Objectives;
using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>What a service sees of a run.</summary>
public sealed class RunContext
{
    private readonly RunIdentity _identity;
    private readonly PolicyUpdater _updater;
    private readonly Dictionary<string, double> _early = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? _remembered;
    private Dictionary<string, double>? _open;

    internal RunContext(RunSetup setup, TrainingState state, RunIdentity identity, PolicyUpdater updater)
    {
        (Policy, Sampler, Options, Logger, Time) = (setup.Policy, setup.Sampler, setup.Options, setup.Logger, setup.Time);
        Objective = setup.Algorithm.Objective;
        Filter = setup.Algorithm.Filter?.GetType().Name;
        (State, _identity, _updater) = (state, identity, updater);
    }

    /// <summary>The model that trains. Between two steps only services use it.</summary>
    public IPolicy Policy { get; }

    /// <summary>The sampler of the rollouts: the policy, or another engine that follows the policy's weights.</summary>
    public ISampler Sampler { get; }

    /// <summary>The options of the run.</summary>
    public TrainerOptions Options { get; }

    /// <summary>How far the run is: the steps, prompts, updates and tokens done.</summary>
    public TrainingState State { get; private set; }

    /// <summary>Why a service asked the run to stop after this step; null while none did.</summary>
    public string? StopReason { get; private set; }

    /// <summary>How the run ended.</summary>
    public RunEnd End { get; internal set; }

    /// <summary>The exception that ended the run; null unless <see cref="End"/> is <see cref="RunEnd.Failed"/>.</summary>
    public Exception? Failure { get; internal set; }

    /// <summary>Asks the run to stop after this step. The first reason counts.</summary>
    /// <param name="reason">Why, for the log and the report.</param>
    public void RequestStop(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        StopReason ??= reason;
    }

    /// <summary>Adds a figure to the step that was just done.</summary>
    /// <param name="name">Its name, for instance <c>eval/pass_at_1</c>; one that the step has already is replaced.</param>
    /// <param name="value">The figure.</param>
    /// <exception cref="InvalidOperationException">The figures of the step are complete, or there was no step yet.</exception>
    public void AddMetric(string name, double value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_open is null)
            throw new InvalidOperationException(
                $"'{name}' comes too late: figures are added in {nameof(IRunService.StepAsync)}, before they are written down.");
        _open[name] = value;
    }

    /// <summary>Writes a checkpoint of the run as it is between two steps, and keeps the one that was there as the previous one.</summary>
    /// <param name="folder">Where to; null takes the run's own folder.</param>
    /// <exception cref="InvalidOperationException">No folder was given and the run has none.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The weights are not finite; what is in the folder stays.</exception>
    /// <exception cref="IOException">The folder cannot be written to; what is in it stays.</exception>
    public void Save(string? folder = null)
    {
        folder ??= Options.CheckpointFolder
            ?? throw new InvalidOperationException(
                $"There is no folder to save to: give one, or set {nameof(TrainerOptions)}.{nameof(TrainerOptions.CheckpointFolder)}.");
        RunFolder.Write(folder, Write);
        Log.CheckpointWritten(Logger, State.Step, folder);
    }

    /// <summary>Writes a checkpoint as the only one of a folder. Written again, it is the same file.</summary>
    internal void SaveAlone(string folder)
    {
        RunFolder.WriteAlone(folder, Write);
        Log.CheckpointWritten(Logger, State.Step, folder);
    }

    /// <summary>
    /// Whether weights and moments are those of the last completed step. An update that failed halfway leaves neither the old nor the new ones.
    /// </summary>
    internal bool IsAtStepBoundary => !_updater.IsUnderWay;

    /// <summary>Receives what the services of the library have to say.</summary>
    internal ILogger Logger { get; }

    /// <summary>What is minimized.</summary>
    internal IObjective Objective { get; }

    /// <summary>The clock of the run.</summary>
    internal TimeProvider Time { get; }

    /// <summary>Name of the type that rejects groups; null where the run has none.</summary>
    internal string? Filter { get; }

    internal void BeginStep() => _remembered = Options.CheckpointFolder is null ? null : _identity.SaveStates();

    /// <summary>
    /// The weights are those of the step; its figures are still to be completed. A checkpoint that is written meanwhile holds the figures so far, and what the
    /// parts remember before a service has seen the step.
    /// </summary>
    internal void CompleteStep(TrainingState state, Dictionary<string, double> figures)
    {
        foreach ((string name, double value) in _early) figures[name] = value;
        _early.Clear();
        (State, _open, _remembered) = (state, figures, _identity.SaveStates());
    }

    /// <summary>Every service has seen the step and added its figures.</summary>
    internal void CloseMetrics() => (_open, _remembered) = (null, null);

    /// <summary>Adds a figure of the time before the first step to the first step.</summary>
    internal void AddEarly(string name, double value) => _early[name] = value;

    private void Write(string path) => TrainingCheckpoint.Write(
        path, Policy.Parameters, _updater.Optimizer, State, _identity, _remembered ?? _identity.SaveStates(), _open);
}

/// <summary>How far a run is: the numbers that, beside weights and moments, a later process needs to continue the run exactly.</summary>
public sealed class TrainingState(int step, long position, long updates, long tokens)
{
    /// <summary>Number of steps completed. The learning-rate schedule depends on it.</summary>
    public int Step { get; } = step;

    /// <summary>Number of prompts taken from the source.</summary>
    public long Position { get; } = position;

    /// <summary>Number of optimizer updates attempted.</summary>
    public long Updates { get; } = updates;

    /// <summary>Number of tokens sampled.</summary>
    public long Tokens { get; } = tokens;

    /// <summary>Number of updates in a row, up to the last, that were skipped because their gradient was not finite.</summary>
    public int NonFiniteUpdates { get; init; }

    /// <summary>The figures so far of the last step, where the run ended before every service had seen that step; null otherwise.</summary>
    internal Dictionary<string, double>? OpenFigures { get; init; }
}
