namespace Mel.Training;

/// <summary>So many updates in a row had no finite gradient that the run ends. The policy is as the last good update left it.</summary>
/// <param name="step">Step of the run, counted from 1.</param>
/// <param name="updates">Number of updates in a row that were skipped.</param>
/// <param name="norm">Norm of the last gradient.</param>
public sealed class DivergedException(int step, int updates, double norm) : InvalidOperationException(
    $"Step {step}: {updates} updates in a row had no finite gradient (the norm of the last is {norm}), so the run ends; the policy is as the last good update "
    + "left it. Lower the learning rate, look for a reward or a loss that is not finite, or raise "
    + $"{nameof(TrainerOptions)}.{nameof(TrainerOptions.MaxNonFiniteUpdates)}.")
{
    /// <summary>Step of the run, counted from 1.</summary>
    public int Step { get; } = step;

    /// <summary>Number of updates in a row that were skipped.</summary>
    public int Updates { get; } = updates;
}
