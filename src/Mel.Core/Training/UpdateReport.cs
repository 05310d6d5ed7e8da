namespace Mel.Training;

/// <summary>What the optimizer updates of one step came to.</summary>
public sealed class UpdateReport(
    int updates, bool hasSignal, bool isNonFinite, double learningRate, double gradientNorm, IReadOnlyList<TermReport> terms,
    IReadOnlyDictionary<string, double> metrics)
{
    /// <summary>Updates attempted.</summary>
    public int Updates { get; } = updates;

    /// <summary>Whether at least one of them moved the policy.</summary>
    public bool HasSignal { get; } = hasSignal;

    /// <summary>Whether one was skipped because its gradient was not finite: there was a signal, only no usable one.</summary>
    public bool IsNonFinite { get; } = isNonFinite;

    /// <summary>Learning rate of the last.</summary>
    public double LearningRate { get; } = learningRate;

    /// <summary>Norm of the whole gradient before clipping, averaged over the updates.</summary>
    public double GradientNorm { get; } = gradientNorm;

    /// <summary>Each term, averaged over the updates in which it appeared.</summary>
    public IReadOnlyList<TermReport> Terms { get; } = terms;

    /// <summary>Figures of the terms.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; } = metrics;
}

/// <summary>What one term of the objective contributed to the updates of a step.</summary>
public sealed class TermReport(string name, double loss, double gradientNorm, double factor)
{
    /// <summary>The term.</summary>
    public string Name { get; } = name;

    /// <summary>Its loss over the whole optimizer batch, before scaling.</summary>
    public double Loss { get; } = loss;

    /// <summary>Norm of its gradient, before scaling and clipping; NaN where the terms' gradients were not told apart.</summary>
    public double GradientNorm { get; } = gradientNorm;

    /// <summary>What its gradient was multiplied by.</summary>
    public double Factor { get; } = factor;
}
