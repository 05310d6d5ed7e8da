namespace Mel.Training;

/// <summary>What the optimizer updates of one step came to.</summary>
/// <param name="Updates">Updates attempted.</param>
/// <param name="HasSignal">Whether at least one of them moved the policy.</param>
/// <param name="IsNonFinite">Whether one was skipped because its gradient was not finite: there was a signal, only no usable one.</param>
/// <param name="LearningRate">Learning rate of the last.</param>
/// <param name="GradientNorm">Norm of the whole gradient before clipping, averaged over the updates.</param>
/// <param name="Terms">Each term, averaged over the updates in which it appeared.</param>
/// <param name="Metrics">Figures of the terms.</param>
public sealed record UpdateReport(
    int Updates, bool HasSignal, bool IsNonFinite, double LearningRate, double GradientNorm, IReadOnlyList<TermReport> Terms, IReadOnlyDictionary<string, double> Metrics);

/// <summary>What one term of the objective contributed to the updates of a step.</summary>
/// <param name="Name">The term.</param>
/// <param name="Loss">Its loss over the whole optimizer batch, before scaling.</param>
/// <param name="GradientNorm">Norm of its gradient, before scaling and clipping; NaN where the terms' gradients were not told apart.</param>
/// <param name="Factor">What its gradient was multiplied by.</param>
public sealed record TermReport(string Name, double Loss, double GradientNorm, double Factor);
