using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Training;

/// <summary>What a service sees of a run.</summary>
public sealed class RunContext
{
    private readonly RunIdentity _identity;
    private readonly Action<string> _save;
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? _remembered;
    private Dictionary<string, double>? _open;

    internal RunContext(IPolicy policy, ISampler sampler, TrainerOptions options, TrainingState state, RunIdentity identity, Action<string> save)
        => (Policy, Sampler, Options, State, _identity, _save) = (policy, sampler, options, state, identity, save);

    /// <summary>The model that trains. Between two steps nothing else uses it.</summary>
    public IPolicy Policy { get; }

    /// <summary>What samples the rollouts: the policy, or another engine that follows its weights.</summary>
    public ISampler Sampler { get; }

    /// <summary>The options of the run.</summary>
    public TrainerOptions Options { get; }

    /// <summary>Where the run is: the steps, prompts, updates and tokens that are done.</summary>
    public TrainingState State { get; private set; }

    /// <summary>Why the run should stop after this step; null while nobody asked.</summary>
    public string? StopReason { get; private set; }

    /// <summary>How the run ended.</summary>
    public RunEnd End { get; internal set; }

    /// <summary>What was thrown where <see cref="End"/> is <see cref="RunEnd.Failed"/>.</summary>
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

    /// <summary>Writes a checkpoint of the run as it is between two steps.</summary>
    /// <param name="folder">Where to; null takes the run's own folder.</param>
    /// <exception cref="InvalidOperationException">No folder was given and the run has none.</exception>
    public void Save(string? folder = null)
        => _save(folder ?? Options.CheckpointFolder
            ?? throw new InvalidOperationException(
                $"There is no folder to save to: give one, or set {nameof(TrainerOptions)}.{nameof(TrainerOptions.CheckpointFolder)}."));

    /// <summary>What the parts of the run remember at the last step boundary: a step that is not completed leaves no trace in a checkpoint.</summary>
    internal IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Remembered => _remembered ?? _identity.SaveStates();

    internal void BeginStep() => _remembered = Options.CheckpointFolder is null ? null : _identity.SaveStates();

    internal void CompleteStep(TrainingState state) => (State, _remembered) = (state, null);

    internal void OpenMetrics(Dictionary<string, double> metrics) => _open = metrics;

    internal void CloseMetrics() => _open = null;
}

/// <summary>Where a run is: everything beside weights and moments that a later process needs to go on as if nothing had happened.</summary>
public sealed class TrainingState(int step, long position, long updates, long tokens)
{
    /// <summary>Steps completed.</summary>
    public int Step { get; } = step;

    /// <summary>Prompts taken from the source.</summary>
    public long Position { get; } = position;

    /// <summary>Optimizer updates attempted; the learning-rate schedule runs on it.</summary>
    public long Updates { get; } = updates;

    /// <summary>Tokens sampled.</summary>
    public long Tokens { get; } = tokens;
}
