namespace Mel.Testing;

/// <summary>A clock that moves on by a fixed step each time it is read, so that durations are the same in every run.</summary>
/// <param name="step">What passes between two readings.</param>
public sealed class StepClock(TimeSpan step) : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Add(ref _ticks, step.Ticks);
}
