using Mel.Experiences;
using Mel.Runtime;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// Writes down what the policy sampled, as JSON lines: the trajectories with reward, reason and advantage in <c>rollouts.jsonl</c>, the meta-experiences and
/// why others were dropped in <c>experiences.jsonl</c>. docs/records.md says what each field is.
/// </summary>
/// <remarks>
/// The files follow the checkpoints of the run as <see cref="MetricsFile"/> does: a resumed run cuts them back, and a run that begins at step 1 sets older ones
/// aside. Lines that cannot be written are kept and tried again with the next ones; the end of the run is an error if some are left.
/// </remarks>
public sealed class RunRecords : IRunService, IRecordsStep, IDisposable
{
    private readonly RunRecordsOptions _options;
    private StepLines? _rollouts;
    private StepLines? _experiences;
    private bool _disposed;

    /// <summary>Creates the service.</summary>
    /// <param name="options">Folder, interval and bounds; the defaults where null.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public RunRecords(RunRecordsOptions? options = null) => _options = OptionRules.Checked(options, new RunRecordsOptionsValidator());

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(run);
        string folder = _options.Folder ?? run.Options.CheckpointFolder
            ?? throw new InvalidOperationException(
                $"{nameof(RunRecords)} has no folder: set {nameof(RunRecordsOptions)}.{nameof(RunRecordsOptions.Folder)}, or "
                + $"{nameof(TrainerOptions)}.{nameof(TrainerOptions.CheckpointFolder)}.");
        Close();
        _rollouts = new StepLines(Path.Combine(folder, "rollouts.jsonl"), "trajectories", oneLineAStep: false);
        _experiences = new StepLines(Path.Combine(folder, "experiences.jsonl"), "experiences", oneLineAStep: false);
        _rollouts.Start(run, run.State.Step);
        _experiences.Start(run, run.State.Step);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        if (_rollouts is null || _experiences is null)
            throw new InvalidOperationException($"The run has not started; give {nameof(RunRecords)} to a trainer as a service.");
        if (report.Step % _options.EverySteps != 0 && report.Step != 1 && report.Step != report.Steps) return ValueTask.CompletedTask;
        RolloutRecord rollouts = new(_options, run.Options.GroupSize, run.Filter);
        foreach ((Rewards.RolloutGroup group, int g) in report.Groups.Concat(report.EvictedGroups).Select((group, g) => (group, g)).Take(_options.MostGroups))
        {
            bool isKept = g < report.Groups.Count;
            for (int i = 0; i < group.Trajectories.Count; i++)
            {
                Advantages.Advantage? advantage = isKept && report.Advantages.Count > g ? report.Advantages[g][i] : null;
                int attempt = i;
                _rollouts.Add(report.Step, json => rollouts.Write(json, group, g, attempt, isKept, advantage));
            }
        }

        ExperienceRecord experiences = new(_options);
        foreach (MetaExperience retained in report.Experiences.Retained) _experiences.Add(report.Step, json => experiences.Write(json, retained));
        foreach (DroppedExperience dropped in report.Experiences.Dropped) _experiences.Add(report.Step, json => experiences.Write(json, dropped));
        _rollouts.Write(run, report.Step);
        _experiences.Write(run, report.Step);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A line could not be written.</exception>
    public ValueTask EndAsync(RunContext run)
    {
        try
        {
            _rollouts?.End();
        }
        finally
        {
            _experiences?.End();
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    private void Close()
    {
        _rollouts?.Dispose();
        _experiences?.Dispose();
    }
}
