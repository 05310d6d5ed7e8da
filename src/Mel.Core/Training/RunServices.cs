using System.Runtime.ExceptionServices;
using Mel.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Mel.Training;

/// <summary>
/// The services of a run in the order in which they are called: those that were given, then telemetry, progress, and last the checkpoint. Of those that were
/// given the ones that record come first, and the ones that watch figures last, after all that add some.
/// </summary>
internal sealed class RunServices
{
    private readonly ILogger _logger;

    public RunServices(RunSetup setup, IProgress<StepReport>? progress)
    {
        _logger = setup.Logger;
        Given = setup.Parts.Services;
        if (progress is Progress<StepReport>) Log.PostedReports(setup.Logger);
        All =
        [
            .. Given.OrderBy(service => service is IRecordsStep ? 0 : service is IWatchesFigures ? 2 : 1),
            new TelemetryService(setup.Parts.Meters, setup.Logger, setup.Extractor is not null),
            .. progress is null ? (IRunService[])[] : [new ProgressService(progress)],
            .. setup.Options.CheckpointFolder is null ? (IRunService[])[] : [new CheckpointService(setup.Logger)],
        ];
    }

    /// <summary>The services that are not the trainer's own.</summary>
    public IReadOnlyList<IRunService> Given { get; }

    private IReadOnlyList<IRunService> All { get; }

    public async Task StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        foreach (IRunService service in All)
            await PartCall.RunAsync(PlaceOf(service), () => service.StartAsync(run, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Shows a step to every service, which may add figures to it.</summary>
    public async Task StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        foreach (IRunService service in All)
            await PartCall.RunAsync(PlaceOf(service), () => service.StepAsync(run, report, cancellationToken), cancellationToken).ConfigureAwait(false);
        run.CloseMetrics();
    }

    public Task ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => PartCall.StepAsync(
        report.Step,
        async () =>
        {
            foreach (IRunService service in All)
                await PartCall.RunAsync(PlaceOf(service), () => service.ReportAsync(run, report, cancellationToken), cancellationToken).ConfigureAwait(false);
            return report;
        },
        cancellationToken);

    /// <summary>Ends every service. An exception of one neither keeps the others from ending nor hides why the run failed.</summary>
    public async Task EndAsync(RunContext run)
    {
        ExceptionDispatchInfo? first = null;
        foreach (IRunService service in All)
        {
            try
            {
                await PartCall.RunAsync(PlaceOf(service), () => service.EndAsync(run), CancellationToken.None).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Log.EndFailed(_logger, service.GetType().Name, e.Message);
                if (run.End != RunEnd.Failed) first ??= ExceptionDispatchInfo.Capture(e);
            }
        }

        first?.Throw();
    }

    private static PartPlace PlaceOf(IRunService service)
        => service is ProgressService progress ? new PartPlace("progress receiver", progress.Receiver) : new PartPlace("service", service);

    /// <summary>Hands every complete report to an <see cref="IProgress{T}"/>.</summary>
    private sealed class ProgressService(IProgress<StepReport> progress) : IRunService
    {
        public IProgress<StepReport> Receiver { get; } = progress;

        public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
        {
            Receiver.Report(report);
            return ValueTask.CompletedTask;
        }
    }
}
