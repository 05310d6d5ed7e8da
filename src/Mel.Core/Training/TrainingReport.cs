namespace Mel.Training;

/// <summary>What a run came to.</summary>
public sealed class TrainingReport(int steps, StepReport? last, TimeSpan duration, long sampledTokens)
{
    /// <summary>Steps completed, those before a resume included.</summary>
    public int Steps { get; } = steps;

    /// <summary>The last step's report; null when a resumed run had nothing left to do.</summary>
    public StepReport? Last { get; } = last;

    /// <summary>Time this process spent on the run.</summary>
    public TimeSpan Duration { get; } = duration;

    /// <summary>Tokens sampled over the whole run.</summary>
    public long SampledTokens { get; } = sampledTokens;

    /// <summary>Why a service stopped the run; null where it did all its steps.</summary>
    public string? StopReason { get; init; }
}
