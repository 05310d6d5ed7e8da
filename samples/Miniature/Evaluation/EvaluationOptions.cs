namespace Mel.Samples.Miniature;

/// <summary>Sizes and seeds of an evaluation. Equal options, weights and machine give equal figures.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Seed of the held-out questions and of all sampling.</summary>
    /// <value>The default is 20260.</value>
    public ulong Seed { get; init; } = 20260;

    /// <summary>Held-out questions answered once at T = 0.</summary>
    /// <value>The default is 768.</value>
    public int GreedyQuestions { get; init; } = 768;

    /// <summary>Held-out questions, the first of the above, answered several times at T = 0.6.</summary>
    /// <value>The default is 128.</value>
    public int SampledQuestions { get; init; } = 128;

    /// <summary>Answers per sampled question: k of Avg@k and Pass@k.</summary>
    /// <value>The default is 8.</value>
    public int Samples { get; init; } = 8;

    /// <summary>Training questions on which the experience loop is walked through once at T = 1.</summary>
    /// <value>The default is 192.</value>
    public int ExperienceQuestions { get; init; } = 192;

    /// <summary>Largest number of pairs per question.</summary>
    /// <value>The default is 4.</value>
    public int PairsPerQuestion { get; init; } = 4;
}
