namespace Mel.Training;

/// <summary>
/// Accompanies a run: watches, measures, writes, saves, or asks the run to stop. A service never changes the numbers of the run. One that remembers something
/// from step to step implements <see cref="Runtime.IRunState"/>; what it remembers is then part of the checkpoint.
/// </summary>
/// <remarks>Services are called one after another, in the order in which they were given. An exception of a service ends the run.</remarks>
public interface IRunService
{
    /// <summary>Called before the first step, after a checkpoint was restored.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask StartAsync(RunContext run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called after each step, while figures may still be added to it (<see cref="RunContext.AddMetric"/>).</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What happened in the step.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called after each step, once every service has added its figures: the place to write the figures down.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What happened in the step, complete.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Called when the run ends, for whatever reason (<see cref="RunContext.End"/>), and for every service, even where another one failed.</summary>
    /// <param name="run">The run.</param>
    ValueTask EndAsync(RunContext run) => ValueTask.CompletedTask;
}

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>The run has not ended.</summary>
    None,

    /// <summary>All steps are done.</summary>
    Completed,

    /// <summary>A service asked the run to stop.</summary>
    Stopped,

    /// <summary>The run was canceled.</summary>
    Canceled,

    /// <summary>A part of the run threw an exception.</summary>
    Failed,
}

/// <summary>A service that writes down what was sampled in a step, before others take their time over it.</summary>
internal interface IRecordsStep;

/// <summary>A service that reads figures of a step that other services add.</summary>
internal interface IWatchesFigures;
