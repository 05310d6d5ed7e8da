namespace Mel.Training;

/// <summary>Where a run is: everything beside weights and moments that a later process needs to go on as if nothing had happened.</summary>
/// <param name="Step">Steps completed.</param>
/// <param name="Position">Prompts taken from the source.</param>
/// <param name="Updates">Optimizer updates attempted; the learning-rate schedule runs on it.</param>
/// <param name="Tokens">Tokens sampled.</param>
internal sealed record TrainingState(int Step, long Position, long Updates, long Tokens);
