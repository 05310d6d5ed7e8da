using Mel.Advantages;

namespace Mel.Objectives;

/// <summary>What an update minimizes: a sum of terms. A term names the rows it needs scored and computes a loss from their log-probabilities.</summary>
/// <remarks>
/// An objective never scores rows itself. The trainer unites the rows of all terms, scores each row once, and asks the terms for their losses, one micro-batch
/// at a time. An objective keeps no state between calls.
/// </remarks>
public interface IObjective
{
    /// <summary>What the objective must find in the rollouts. The construction of a trainer that cannot provide it fails.</summary>
    /// <value>Nothing, unless an implementation says otherwise.</value>
    RolloutNeeds Needs => RolloutNeeds.None;

    /// <summary>The terms for an optimizer batch, the reinforcement-learning term first.</summary>
    /// <param name="batch">Trajectories, experiences and rehearsals with the counts of the whole batch.</param>
    IReadOnlyList<ILossTerm> Terms(TrainingBatch batch);
}
