using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>The outcome of an objective on one micro-batch.</summary>
/// <param name="Terms">What to minimize, the reinforcement-learning term first. Terms share no graph, so each can be differentiated by itself.</param>
public sealed record ObjectiveResult(IReadOnlyList<LossTerm> Terms)
{
    /// <summary>Figures to report; how they combine over micro-batches is part of each.</summary>
    public IReadOnlyList<ObjectiveMetric> Metrics { get; init; } = [];

    /// <summary>The tensors behind the reinforcement-learning term, for whoever wants to look inside; null when no trajectory was scored.</summary>
    public PolicyTensors? Tensors { get; init; }

    /// <summary>The sum of all terms, [], for a training loop of one's own that needs no gradient norms.</summary>
    /// <exception cref="InvalidOperationException">A term is scaled relative to another term's gradient, which no sum of losses can express.</exception>
    public Tensor Total()
    {
        Tensor total = zeros([]);
        foreach (LossTerm term in Terms)
        {
            if (term.Scaling.Kind != TermScalingKind.Fixed)
                throw new InvalidOperationException($"The term '{term.Name}' is scaled by {term.Scaling.Kind}, which needs the gradients of each term; use the Trainer, or scale it by {nameof(TermScalingKind.Fixed)}.");
            total = total.to(term.Loss.device) + (term.Loss * term.Scaling.Value);
        }

        return total;
    }
}
