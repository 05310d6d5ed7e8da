using Mel.Training;

namespace Mel.Terminal;

/// <summary>The place of one run on a <see cref="RunBoard"/>: a service of that run, or where its reports are sent.</summary>
public sealed class BoardRun : IRunService, IProgress<StepReport>
{
    private readonly RunBoard _board;
    private readonly RunTrack _track;

    internal BoardRun(RunBoard board, RunTrack track) => (_board, _track) = (board, track);

    /// <inheritdoc/>
    public void Report(StepReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _board.Report(_track, value);
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        Report(report);
        return ValueTask.CompletedTask;
    }
}
