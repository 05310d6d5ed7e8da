namespace Mel.Training;

/// <summary>Where the time of a step went.</summary>
/// <param name="Rollout">Sampling trajectories.</param>
/// <param name="Verify">Judging them.</param>
/// <param name="Extraction">Writing meta-experiences.</param>
/// <param name="Replay">Proving them.</param>
/// <param name="Update">Scoring, gradients and the optimizer.</param>
/// <param name="Total">The whole step.</param>
public sealed record StepTiming(TimeSpan Rollout, TimeSpan Verify, TimeSpan Extraction, TimeSpan Replay, TimeSpan Update, TimeSpan Total);
