namespace Mel.Training;

/// <summary>What a run came to.</summary>
/// <param name="Steps">Steps completed, those before a resume included.</param>
/// <param name="Last">The last step's report; null when a resumed run had nothing left to do.</param>
/// <param name="Duration">Time this process spent on the run.</param>
/// <param name="SampledTokens">Tokens sampled over the whole run.</param>
public sealed record TrainingReport(int Steps, StepReport? Last, TimeSpan Duration, long SampledTokens)
{
    /// <summary>Why a service stopped the run; null where it did all its steps.</summary>
    public string? StopReason { get; init; }
}
