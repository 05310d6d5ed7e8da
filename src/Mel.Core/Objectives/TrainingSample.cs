using Mel.Advantages;
using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>One trajectory of an optimizer batch.</summary>
/// <param name="Sequence">Prompt and response tokens.</param>
/// <param name="Trajectory">The response with the log-probabilities recorded when it was sampled.</param>
/// <param name="Advantage">Its advantage; never <see cref="Advantage.Excluded"/>.</param>
public sealed record TrainingSample(TokenSequence Sequence, Trajectory Trajectory, Advantage Advantage);
