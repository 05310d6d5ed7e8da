namespace Mel.Transformers.Sampling;

/// <summary>How far a call of sampling has come.</summary>
/// <param name="Finished">Trajectories that have ended.</param>
/// <param name="Total">Trajectories asked for.</param>
/// <param name="Tokens">Tokens sampled so far.</param>
public sealed record SamplingProgress(int Finished, int Total, long Tokens);
