using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>What is minimized: (policy, batch) -> loss terms, metrics, and the tensors behind them.</summary>
/// <remarks>
/// A micro-batch is an implementation detail: every batch carries the totals of the whole optimizer batch, and the sum of the results over its micro-batches equals
/// the result of the full batch, in value and gradient. An objective keeps no state between calls.
/// </remarks>
public interface IObjective
{
    /// <summary>Evaluates one micro-batch.</summary>
    /// <param name="policy">Scores the tokens; the gradient flows into its parameters.</param>
    /// <param name="batch">Trajectories and experiences of the micro-batch with the totals of the optimizer batch.</param>
    /// <returns>Terms to minimize. Tensors belong to the caller's dispose scope.</returns>
    ObjectiveResult Evaluate(IPolicy policy, TrainingBatch batch);
}
