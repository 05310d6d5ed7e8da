namespace Mel.Samples.Miniature;

/// <summary>What one step of the warm start did.</summary>
/// <param name="Step">1 for the first step.</param>
/// <param name="Losses">Mean loss per token of each task, nats.</param>
/// <param name="GradientNorm">Norm of the whole gradient before clipping.</param>
public sealed record WarmStartStep(int Step, IReadOnlyDictionary<CorpusTask, double> Losses, double GradientNorm);
