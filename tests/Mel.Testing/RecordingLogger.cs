using Microsoft.Extensions.Logging;

namespace Mel.Testing;

/// <summary>Keeps every event.</summary>
public sealed class RecordingLogger<T> : ILogger<T>
{
    public List<LoggedEvent> Events { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Events.Add(new LoggedEvent(eventId.Id, logLevel, formatter(state, exception)));
}
