using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>One attempt at the original question with a meta-experience in hand: y_val of Eq. 6.</summary>
/// <param name="Attempt">The response.</param>
/// <param name="Judgement">What the run's verifier says of it.</param>
public sealed record Replay(Trajectory Attempt, Judgement Judgement);
