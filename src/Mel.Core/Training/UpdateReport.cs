using Mel.Objectives;

namespace Mel.Training;

/// <summary>Gathers what the updates of one step report.</summary>
internal sealed class UpdateReport
{
    private readonly Dictionary<string, Figure> _metrics = new(StringComparer.Ordinal);
    private readonly List<TermReport> _terms = [];
    private double _norms;

    /// <summary>Optimizer updates attempted.</summary>
    public int Updates { get; private set; }

    /// <summary>Whether at least one of them moved the policy.</summary>
    public bool HasSignal { get; set; }

    /// <summary>Whether an update was skipped because its gradient was not finite: there was a signal, only no usable one.</summary>
    public bool IsNonFinite { get; set; }

    public double LearningRate { get; private set; }

    /// <summary>Norm of the whole gradient before clipping, averaged over the updates.</summary>
    public double GradientNorm => Updates == 0 ? 0 : _norms / Updates;

    /// <summary>Each term averaged over the updates in which it appeared.</summary>
    public IReadOnlyList<TermReport> Terms =>
    [
        .. _terms.GroupBy(t => t.Name, StringComparer.Ordinal)
            .Select(g => new TermReport(g.Key, g.Average(t => t.Loss), g.Average(t => t.GradientNorm), g.Average(t => t.Factor))),
    ];

    /// <summary>Objective figures: sums averaged over the updates in which they appeared, counts and extremes over all of them.</summary>
    public IEnumerable<(string Name, double Value)> Metrics => _metrics.Select(m => (m.Key, m.Value.Reduction == MetricReduction.Sum ? m.Value.Value / m.Value.Updates : m.Value.Value));

    public void Add(IReadOnlyList<ObjectiveMetric> metrics)
    {
        foreach (ObjectiveMetric metric in metrics)
        {
            if (!_metrics.TryGetValue(metric.Name, out Figure? figure))
            {
                _metrics[metric.Name] = new Figure(metric.Value, metric.Reduction, 1, Updates);
                continue;
            }

            _metrics[metric.Name] = figure with
            {
                Value = metric.Reduction switch
                {
                    MetricReduction.Max => Math.Max(figure.Value, metric.Value),
                    MetricReduction.Min => Math.Min(figure.Value, metric.Value),
                    _ => figure.Value + metric.Value,
                },
                Updates = figure.LastUpdate == Updates ? figure.Updates : figure.Updates + 1,
                LastUpdate = Updates,
            };
        }
    }

    public void Add(IReadOnlyList<TermReport> terms, double norm, double learningRate)
    {
        _terms.AddRange(terms);
        _norms += norm;
        LearningRate = learningRate;
        Updates++;
    }

    /// <summary>A figure, the number of updates it appeared in, and the last of them.</summary>
    private sealed record Figure(double Value, MetricReduction Reduction, int Updates, int LastUpdate);
}
