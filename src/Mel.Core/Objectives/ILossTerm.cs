using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>One summand of an objective over an optimizer batch. A term is normalized by its own counts and reported under its own name.</summary>
/// <remarks>
/// A term divides by counts of the whole optimizer batch. Its losses over the micro-batches therefore add up to its loss over all rows, in value and gradient,
/// however the rows are split.
/// </remarks>
public interface ILossTerm
{
    /// <summary>Name in metrics, for instance <c>policy</c> or <c>meta_experience</c>. Further terms of the same name get a number appended.</summary>
    string Name { get; }

    /// <summary>How strongly the term counts.</summary>
    /// <value><see cref="TermScaling.One"/>, unless an implementation says otherwise.</value>
    TermScaling Scaling => TermScaling.One;

    /// <summary>The rows whose tokens must be scored. A row that occurs twice, or in several terms, is scored once.</summary>
    IReadOnlyList<ScoringRow> Rows { get; }

    /// <summary>
    /// Whether the loss is a sum over tokens in which the summand of a token depends on the log-probability of that token alone. Such a term may be evaluated
    /// on a part of the tokens of a row (<see cref="ScoredRows.Mask"/>), which lets the output head make gradients while it scores.
    /// </summary>
    /// <value>False, unless an implementation says otherwise.</value>
    bool IsTokenwise => false;

    /// <summary>Figures that are known before any row is scored.</summary>
    /// <value>None, unless an implementation says otherwise.</value>
    IReadOnlyList<ObjectiveMetric> Metrics => [];

    /// <summary>Computes the loss of some of the rows.</summary>
    /// <param name="scored">The rows at hand and their log-probabilities, which are the only input that carries gradient.</param>
    /// <returns>The loss and its figures. The tensors belong to the caller's dispose scope.</returns>
    TermValue Evaluate(ScoredRows scored);
}

/// <summary>The loss of a term over some of its rows.</summary>
/// <param name="Loss">What is minimized, [], before scaling.</param>
/// <param name="Metrics">Figures to report; how they combine over micro-batches is part of each.</param>
public sealed record TermValue(Tensor Loss, IReadOnlyList<ObjectiveMetric> Metrics)
{
    /// <summary>The tensors from which a policy loss was computed, for tests and loops of one's own; null for other terms.</summary>
    public PolicyTensors? Tensors { get; init; }
}

/// <summary>One figure of a micro-batch.</summary>
/// <param name="Name">Name after TRL or verl where they have one.</param>
/// <param name="Value">The micro-batch's share of it.</param>
/// <param name="Reduction">How the shares of the micro-batches combine.</param>
public readonly record struct ObjectiveMetric(string Name, double Value, MetricReduction Reduction = MetricReduction.Sum)
{
    /// <summary>Whether the figure speaks of the weights that sampled: a step reports it only of what was scored before an update moved the policy.</summary>
    /// <value>The default is false.</value>
    public bool IsOfSamplingWeights { get; init; }
}

/// <summary>How the figures of micro-batches combine to the figure of the optimizer batch.</summary>
public enum MetricReduction
{
    /// <summary>The sum of the shares, each of which is already divided by a count of the whole batch. A step reports the mean over its updates.</summary>
    Sum,

    /// <summary>The sum of the shares, over the updates of a step as well: a count.</summary>
    Count,

    /// <summary>The largest share.</summary>
    Max,

    /// <summary>The smallest share.</summary>
    Min,
}
