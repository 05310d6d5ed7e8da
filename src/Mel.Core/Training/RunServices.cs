using System.Runtime.ExceptionServices;
using Mel.Diagnostics;

namespace Mel.Training;

/// <summary>The services of a run in the order in which they are called: those that were given, then telemetry, progress, and last the checkpoint.</summary>
internal sealed class RunServices
{
    public RunServices(RunSetup setup, IProgress<StepReport>? progress)
    {
        Given = setup.Parts.Services;
        if (progress is Progress<StepReport>) Log.PostedReports(setup.Logger);
        All =
        [
            .. Given,
            new TelemetryService(setup.Parts.Meters, setup.Logger, setup.Extractor is not null),
            .. progress is null ? (IRunService[])[] : [new ProgressService(progress)],
            .. setup.Options.CheckpointFolder is null ? (IRunService[])[] : [new CheckpointService()],
        ];
    }

    /// <summary>The services that are not the trainer's own.</summary>
    public IReadOnlyList<IRunService> Given { get; }

    private IReadOnlyList<IRunService> All { get; }

    public async Task StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        foreach (IRunService service in All) await service.StartAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows a step to every service, which may add figures to it.</summary>
    public async Task StepAsync(RunContext run, StepReport report, Dictionary<string, double> figures, CancellationToken cancellationToken)
    {
        run.OpenMetrics(figures);
        foreach (IRunService service in All) await service.StepAsync(run, report, cancellationToken).ConfigureAwait(false);
        run.CloseMetrics();
    }

    public async Task ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        foreach (IRunService service in All) await service.ReportAsync(run, report, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends every service. An exception of one neither keeps the others from ending nor hides why the run failed.</summary>
    public async Task EndAsync(RunContext run)
    {
        ExceptionDispatchInfo? first = null;
        foreach (IRunService service in All)
        {
            try
            {
                await service.EndAsync(run).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                if (run.End != RunEnd.Failed) first ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        first?.Throw();
    }

    /// <summary>Hands every complete report to an <see cref="IProgress{T}"/>.</summary>
    private sealed class ProgressService(IProgress<StepReport> progress) : IRunService
    {
        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            progress.Report(report);
            return ValueTask.CompletedTask;
        }
    }
}
