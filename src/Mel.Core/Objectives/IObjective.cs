using Mel.Advantages;

namespace Mel.Objectives;

/// <summary>What is minimized: a sum of terms, each with the rows it needs scored and the loss it makes of their log-probabilities.</summary>
/// <remarks>
/// An objective never scores. The trainer unites the rows of all terms, scores each once, and asks the terms for their losses, a micro-batch at a time. An
/// objective keeps no state between calls.
/// </remarks>
public interface IObjective
{
    /// <summary>What the objective must find in the rollouts; a trainer that cannot give it is refused.</summary>
    /// <value>Nothing, unless an implementation says otherwise.</value>
    RolloutNeeds Needs => RolloutNeeds.None;

    /// <summary>The terms for an optimizer batch, the reinforcement-learning term first.</summary>
    /// <param name="batch">Trajectories, experiences and rehearsals with the counts of the whole batch.</param>
    IReadOnlyList<ILossTerm> Terms(TrainingBatch batch);
}
