using Mel.Checkpoints;
using Mel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>
/// Writes checkpoints: every so many steps, after so much time, at the end, and whenever the run ends otherwise. A checkpoint that cannot be written, on a full
/// disk for instance, is tried again after every step until the next one is due; only then it ends the run.
/// </summary>
internal sealed class CheckpointService(ILogger logger) : IRunService
{
    private int _saved = -1;
    private int _late = -1;
    private long _savedAt;

    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        _saved = run.State.OpenFigures is null ? run.State.Step : run.State.Step - 1;
        _savedAt = run.Time.GetTimestamp();
        return ValueTask.CompletedTask;
    }

    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        int step = run.State.Step, every = run.Options.CheckpointEverySteps;
        bool isLast = step == run.Options.Steps, isDue = step % every == 0 || isLast;
        // A checkpoint that is late is tried after every step already; time makes no second one due meanwhile.
        if (_late < 0 && run.Options.CheckpointInterval is { } interval) isDue |= run.Time.GetElapsedTime(_savedAt) >= interval;
        if (!isDue && _late < 0) return ValueTask.CompletedTask;
        try
        {
            Save(run);
            _late = -1;
        }
        catch (CheckpointException e) when (e.InnerException is not null && !isLast && (_late < 0 || !isDue))
        {
            if (_late < 0) _late = step;
            Log.CheckpointDelayed(logger, step, e.Message, Math.Min(run.Options.Steps, ((_late / every) + 1) * every));
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask EndAsync(RunContext run)
    {
        if (_saved < 0) return ValueTask.CompletedTask;
        if (run.IsAtStepBoundary) Save(run);
        else Log.InterruptedUpdate(logger, run.State.Step + 1, _saved);
        return ValueTask.CompletedTask;
    }

    /// <exception cref="CheckpointException">The checkpoint could not be written (there is an inner exception then), or the weights are not finite.</exception>
    private void Save(RunContext run)
    {
        if (run.State.Step == _saved) return;
        try
        {
            run.Save();
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw new CheckpointException(
                run.Options.CheckpointFolder!, null,
                $"the checkpoint of step {run.State.Step} could not be written ({e.Message.TrimEnd('.')}); the newest one is that of step {_saved}. "
                + "Make room or mend the folder; the same run goes on from there.", e);
        }

        (_saved, _savedAt) = (run.State.Step, run.Time.GetTimestamp());
    }
}
