namespace Mel.Samples.Miniature;

/// <summary>The recipe of the warm start: supervised training on the corpus.</summary>
public sealed record WarmStartOptions
{
    /// <summary>Names the corpus.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Number of optimizer steps.</summary>
    /// <value>The default is 1300.</value>
    public int Steps { get; init; } = 1300;

    /// <summary>Peak learning rate; it rises linearly over <see cref="WarmupSteps"/> and then falls to zero along a cosine.</summary>
    /// <value>The default is 0.003.</value>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Steps until the peak learning rate.</summary>
    /// <value>The default is 100.</value>
    public int WarmupSteps { get; init; } = 100;

    /// <summary>Decay of Adam's second moment; the first decays with 0.9, and there is no weight decay.</summary>
    /// <value>The default is 0.99.</value>
    public double Beta2 { get; init; } = 0.99;

    /// <summary>Largest norm of the gradient.</summary>
    /// <value>The default is 1.</value>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Examples per step and weight in the loss, for each task. The loss of a task is the mean over its tokens.</summary>
    public IReadOnlyList<CorpusShare> Mixture { get; init; } =
    [
        new(CorpusTask.Solve, Count: 32, Weight: 1),
        new(CorpusTask.Analyze, Count: 44, Weight: 1),
        new(CorpusTask.FollowHint, Count: 12, Weight: 0.5),
        new(CorpusTask.Recall, Count: 24, Weight: 1),
        new(CorpusTask.Foresee, Count: 12, Weight: 0.5),
    ];

    /// <summary>The learning rate of a step.</summary>
    /// <param name="step">0 for the first step.</param>
    public double LearningRateAt(int step)
    {
        if (step < WarmupSteps) return LearningRate * (step + 1) / WarmupSteps;
        double progress = (double)(step - WarmupSteps) / Math.Max(1, Steps - WarmupSteps);
        return LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
