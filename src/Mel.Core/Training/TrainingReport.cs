namespace Mel.Training;

/// <summary>The outcome of a run.</summary>
public sealed class TrainingReport(int steps, StepReport? last, TimeSpan duration, long sampledTokens)
{
    /// <summary>Number of steps completed, those before a resume included.</summary>
    public int Steps { get; } = steps;

    /// <summary>The report of the last step; null where a resumed run had nothing left to do.</summary>
    public StepReport? Last { get; } = last;

    /// <summary>Time that this process spent on the run.</summary>
    public TimeSpan Duration { get; } = duration;

    /// <summary>Number of tokens sampled over the whole run.</summary>
    public long SampledTokens { get; } = sampledTokens;

    /// <summary>Why a service stopped the run; null where the run did all its steps.</summary>
    public string? StopReason { get; init; }
}
