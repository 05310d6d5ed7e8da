namespace Mel.Training;

/// <summary>The outcome of the optimizer updates of one step.</summary>
public sealed class UpdateReport(
    int updates, bool hasSignal, bool isNonFinite, double learningRate, double gradientNorm, IReadOnlyList<TermReport> terms,
    IReadOnlyDictionary<string, double> metrics)
{
    /// <summary>Number of updates attempted.</summary>
    public int Updates { get; } = updates;

    /// <summary>Whether at least one update moved the policy.</summary>
    public bool HasSignal { get; } = hasSignal;

    /// <summary>Whether an update was skipped because its gradient was not finite: there was a signal, but no usable one.</summary>
    public bool IsNonFinite { get; } = isNonFinite;

    /// <summary>Number of updates in a row, up to the last of this step, that were skipped because their gradient was not finite.</summary>
    public int NonFiniteUpdates { get; init; }

    /// <summary>Learning rate of the last update.</summary>
    public double LearningRate { get; } = learningRate;

    /// <summary>Norm of the whole gradient before clipping, averaged over the updates.</summary>
    public double GradientNorm { get; } = gradientNorm;

    /// <summary>The contribution of each term, averaged over the updates in which the term appeared.</summary>
    public IReadOnlyList<TermReport> Terms { get; } = terms;

    /// <summary>Figures of the terms by name.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; } = metrics;
}

/// <summary>What one term of the objective contributed to the updates of a step.</summary>
public sealed class TermReport(string name, double loss, double gradientNorm, double factor)
{
    /// <summary>Name of the term.</summary>
    public string Name { get; } = name;

    /// <summary>Loss of the term over the whole optimizer batch, before scaling.</summary>
    public double Loss { get; } = loss;

    /// <summary>Norm of the term's gradient, before scaling and clipping; NaN where the gradients of the terms were not told apart.</summary>
    public double GradientNorm { get; } = gradientNorm;

    /// <summary>Factor on the term's gradient.</summary>
    public double Factor { get; } = factor;
}
