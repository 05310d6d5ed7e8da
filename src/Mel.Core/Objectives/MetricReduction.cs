namespace Mel.Objectives;

/// <summary>How the figures of micro-batches combine to the figure of the optimizer batch.</summary>
public enum MetricReduction
{
    /// <summary>They add up: each is already divided by a count of the whole batch.</summary>
    Sum,

    /// <summary>The largest counts.</summary>
    Max,

    /// <summary>The smallest counts.</summary>
    Min,
}
