namespace Mel.Samples.Miniature;

/// <summary>Sizes and seed of an <see cref="Examination"/>. The same options, weights and machine give the same figures.</summary>
public sealed record ExaminationOptions
{
    /// <summary>Seed of the questions and of all sampling.</summary>
    /// <value>The default is 2026.</value>
    public ulong Seed { get; init; } = 2026;

    /// <summary>Held-out questions answered once at T = 0.</summary>
    /// <value>The default is 768.</value>
    public int GreedyQuestions { get; init; } = 768;

    /// <summary>Held-out questions, the first of the above, answered several times at T = 0.6.</summary>
    /// <value>The default is 128.</value>
    public int SampledQuestions { get; init; } = 128;

    /// <summary>Training questions on which the experience loop is walked through once at T = 1.</summary>
    /// <value>The default is 256.</value>
    public int ExperienceQuestions { get; init; } = 256;

    /// <summary>Attempts per question, at T = 0.6 and at T = 1.</summary>
    /// <value>The default is 8.</value>
    public int Samples { get; init; } = 8;

    /// <summary>Largest number of pairs analyzed per question.</summary>
    /// <value>The default is 4.</value>
    public int PairsPerQuestion { get; init; } = 4;
}
