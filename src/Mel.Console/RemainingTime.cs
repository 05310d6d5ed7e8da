using Mel.Training;

namespace Mel.Terminal;

/// <summary>Estimates the time to the end of a run from the durations of its last steps, without the first, in which code is compiled.</summary>
/// <param name="window">How many steps.</param>
internal sealed class RemainingTime(int window)
{
    private readonly Queue<TimeSpan> _durations = new();
    private bool _firstCounts = true;

    /// <summary>Takes a step into account and returns the estimate after it.</summary>
    public TimeSpan After(StepReport report)
    {
        if (_firstCounts && _durations.Count == 1)
        {
            _durations.Clear();
            _firstCounts = false;
        }

        _durations.Enqueue(report.Timing.Total);
        if (_durations.Count > window) _durations.Dequeue();
        double seconds = _durations.Average(duration => duration.TotalSeconds) * Math.Max(0, report.Steps - report.Step);
        return TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(9999).TotalSeconds));
    }
}
