namespace Mel.Objectives;

/// <summary>One figure of a micro-batch.</summary>
/// <param name="Name">Name after TRL or verl where they have one.</param>
/// <param name="Value">The micro-batch's share of it.</param>
/// <param name="Reduction">How the shares of the micro-batches combine.</param>
public readonly record struct ObjectiveMetric(string Name, double Value, MetricReduction Reduction = MetricReduction.Sum);
