namespace Mel.Training;

/// <summary>
/// Something that goes along with a run: it watches, measures, writes, saves, or asks the run to stop. It never changes the numbers of the run. A service that
/// remembers something from step to step implements <see cref="Runtime.IRunState"/>, and what it remembers is part of the checkpoint.
/// </summary>
/// <remarks>Services are called one after another, in the order in which they were given. An exception of a service ends the run.</remarks>
public interface IRunService
{
    /// <summary>Before the first step, after a checkpoint was taken up.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask StartAsync(RunContext run, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>After each step, while figures may still be added to it (<see cref="RunContext.AddMetric"/>).</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What happened in the step.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask StepAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>After each step, once every service has added its figures: the place to write them down.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">What happened in the step, complete.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>At the end, however it came about (<see cref="RunContext.End"/>). Called for every service, also when another one failed.</summary>
    /// <param name="run">The run.</param>
    ValueTask EndAsync(RunContext run) => ValueTask.CompletedTask;
}

/// <summary>How a run ended.</summary>
public enum RunEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>All its steps are done.</summary>
    Completed,

    /// <summary>A service asked for it.</summary>
    Stopped,

    /// <summary>It was canceled.</summary>
    Canceled,

    /// <summary>A part threw.</summary>
    Failed,
}
