namespace Mel.Training;

/// <summary>What one term of the objective contributed to an optimizer update.</summary>
/// <param name="Name">The term.</param>
/// <param name="Loss">Its loss over the whole optimizer batch, before scaling.</param>
/// <param name="GradientNorm">Norm of its gradient, before scaling and clipping.</param>
/// <param name="Factor">What its gradient was multiplied by.</param>
public sealed record TermReport(string Name, double Loss, double GradientNorm, double Factor);
