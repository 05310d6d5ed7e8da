using Mel.Training;
using Microsoft.Extensions.Logging;

namespace Mel.Samples.TrainMath;

/// <summary>Hands on what a run warns of, where progress on the screen does not hide it.</summary>
internal sealed class ConsoleWarnings(Action<string> write) : ILogger<Trainer>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // Why a run failed is said by the program, which has the exception; that a step had no signal stands in the progress.
        if (IsEnabled(logLevel) && eventId.Name is not ("Failed" or "NoGradientSignal")) write(formatter(state, exception));
    }
}
