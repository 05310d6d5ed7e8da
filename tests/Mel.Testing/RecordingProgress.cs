using Mel.Training;

namespace Mel.Testing;

/// <summary>Keeps every report, at once and in order, unlike <see cref="Progress{T}"/>.</summary>
/// <param name="then">Called after each report, for instance to cancel the run.</param>
public sealed class RecordingProgress(Action<StepReport>? then = null) : IProgress<StepReport>
{
    public List<StepReport> Reports { get; } = [];

    public void Report(StepReport value)
    {
        Reports.Add(value);
        then?.Invoke(value);
    }
}
