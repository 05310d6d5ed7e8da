using Mel.Objectives;

namespace Mel.Training;

/// <summary>Gathers the figures of the updates of one step.</summary>
internal sealed class UpdateFigures
{
    private readonly Dictionary<string, Figure> _metrics = new(StringComparer.Ordinal);
    private readonly List<TermReport> _terms = [];
    private double _norms;
    private double _learningRate;

    /// <summary>Number of optimizer updates attempted.</summary>
    public int Updates { get; private set; }

    /// <summary>Whether at least one update moved the policy.</summary>
    public bool HasSignal { get; set; }

    /// <summary>Whether an update was skipped because its gradient was not finite.</summary>
    public bool IsNonFinite { get; set; }

    /// <summary>Number of updates in a row, up to the last, that were skipped, those of earlier steps included.</summary>
    public int NonFiniteUpdates { get; set; }

    /// <summary>The figures of the step. Sums are averaged over the updates in which they appeared; counts and extremes are taken over all updates.</summary>
    public UpdateReport ToReport() => new(
        Updates, HasSignal, IsNonFinite, _learningRate, Updates == 0 ? 0 : _norms / Updates,
        [
            .. _terms.GroupBy(t => t.Name, StringComparer.Ordinal)
                .Select(g => new TermReport(g.Key, g.Average(t => t.Loss), g.Average(t => t.GradientNorm), g.Average(t => t.Factor))),
        ],
        _metrics.ToDictionary(
            m => m.Key, m => m.Value.Reduction == MetricReduction.Sum ? m.Value.Value / m.Value.Updates : m.Value.Value, StringComparer.Ordinal))
    {
        NonFiniteUpdates = NonFiniteUpdates,
    };

    /// <summary>Adds figures of a term. The figures of a further term of the same name get the number of the term appended.</summary>
    public void Add(IReadOnlyList<ObjectiveMetric> metrics, string name, string termName)
    {
        string suffix = name[termName.Length..];
        foreach (ObjectiveMetric metric in metrics)
        {
            if (metric.IsOfSamplingWeights && HasSignal) continue;      // an earlier update of the step has moved the policy
            string key = metric.Name + suffix;
            if (!_metrics.TryGetValue(key, out Figure? figure))
            {
                _metrics[key] = new Figure(metric.Value, metric.Reduction, 1, Updates);
                continue;
            }

            _metrics[key] = figure with
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

    /// <summary>Closes an update.</summary>
    public void Add(IReadOnlyList<TermReport> terms, double norm, double learningRate)
    {
        _terms.AddRange(terms);
        _norms += norm;
        _learningRate = learningRate;
        Updates++;
    }

    /// <summary>A figure, the number of updates it appeared in, and the last of these updates.</summary>
    private sealed record Figure(double Value, MetricReduction Reduction, int Updates, int LastUpdate);
}
