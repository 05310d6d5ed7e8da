using Mel.Objectives;

namespace Mel.Training;

/// <summary>Gathers what the updates of one step report.</summary>
internal sealed class UpdateReport
{
    private readonly Dictionary<string, (double Value, MetricReduction Reduction)> _metrics = new(StringComparer.Ordinal);
    private readonly List<TermReport> _terms = [];
    private double _norms;

    /// <summary>Optimizer updates attempted.</summary>
    public int Updates { get; private set; }

    /// <summary>Whether at least one of them moved the policy.</summary>
    public bool HasSignal { get; set; }

    public double LearningRate { get; private set; }

    /// <summary>Norm of the whole gradient before clipping, averaged over the updates.</summary>
    public double GradientNorm => Updates == 0 ? 0 : _norms / Updates;

    /// <summary>Each term averaged over the updates in which it appeared.</summary>
    public IReadOnlyList<TermReport> Terms =>
    [
        .. _terms.GroupBy(t => t.Name, StringComparer.Ordinal)
            .Select(g => new TermReport(g.Key, g.Average(t => t.Loss), g.Average(t => t.GradientNorm), g.Average(t => t.Factor))),
    ];

    /// <summary>Objective figures: sums averaged over the updates, extremes over all of them.</summary>
    public IEnumerable<(string Name, double Value)> Metrics => _metrics.Select(m => (m.Key, m.Value.Reduction == MetricReduction.Sum && Updates > 0 ? m.Value.Value / Updates : m.Value.Value));

    public void Add(IReadOnlyList<ObjectiveMetric> metrics)
    {
        foreach (ObjectiveMetric metric in metrics)
        {
            bool known = _metrics.TryGetValue(metric.Name, out var old);
            double value = !known ? metric.Value : metric.Reduction switch
            {
                MetricReduction.Max => Math.Max(old.Value, metric.Value),
                MetricReduction.Min => Math.Min(old.Value, metric.Value),
                _ => old.Value + metric.Value,
            };
            _metrics[metric.Name] = (value, metric.Reduction);
        }
    }

    public void Add(IReadOnlyList<TermReport> terms, double norm, double learningRate)
    {
        _terms.AddRange(terms);
        _norms += norm;
        LearningRate = learningRate;
        Updates++;
    }
}
