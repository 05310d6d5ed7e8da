namespace Mel.Objectives;

/// <summary>How the figures of micro-batches combine to the figure of the optimizer batch.</summary>
public enum MetricReduction
{
    /// <summary>They add up: each is already divided by a count of the whole batch. The step reports the mean over its updates.</summary>
    Sum,

    /// <summary>They add up over the updates of a step as well: a count.</summary>
    Count,

    /// <summary>The largest counts.</summary>
    Max,

    /// <summary>The smallest counts.</summary>
    Min,
}
