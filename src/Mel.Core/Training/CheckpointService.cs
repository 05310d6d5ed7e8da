namespace Mel.Training;

/// <summary>Writes checkpoints: every so many steps, at the end, and when the run is canceled or stopped.</summary>
internal sealed class CheckpointService : IRunService
{
    private int _saved;

    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        _saved = run.State.Step;
        return ValueTask.CompletedTask;
    }

    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        if (run.State.Step % run.Options.CheckpointEverySteps == 0 || run.State.Step == run.Options.Steps) Save(run);
        return ValueTask.CompletedTask;
    }

    // The policy only changes in the synchronous update at the end of a step, so weights, moments and state are those of a step boundary.
    public ValueTask EndAsync(RunContext run)
    {
        if (run.End is RunEnd.Canceled or RunEnd.Stopped) Save(run);
        return ValueTask.CompletedTask;
    }

    private void Save(RunContext run)
    {
        if (run.State.Step == _saved) return;
        run.Save();
        _saved = run.State.Step;
    }
}
