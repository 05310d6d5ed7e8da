using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>One attempt at the original question with a meta-experience in hand: y_val of Eq. 6.</summary>
public sealed class Replay(Trajectory attempt, Judgement judgement)
{
    /// <summary>The response.</summary>
    public Trajectory Attempt { get; } = attempt;

    /// <summary>What the run's verifier says of it.</summary>
    public Judgement Judgement { get; } = judgement;
}
