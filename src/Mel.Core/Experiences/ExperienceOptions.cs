namespace Mel.Experiences;

/// <summary>How meta-experiences are extracted and validated.</summary>
public sealed class ExperienceOptions
{
    /// <summary>Largest number of pairs compared per question.</summary>
    /// <value>The default is 1.</value>
    public int PairsPerPrompt { get; set; } = 1;

    /// <summary>Which pairs are compared.</summary>
    /// <value>The default is <see cref="PairSelection.Random"/>.</value>
    public PairSelection PairSelection { get; set; } = PairSelection.Random;

    /// <summary>Temperature at which the policy writes an experience.</summary>
    /// <value>The default is 1, the temperature of the rollouts.</value>
    public double ExtractionTemperature { get; set; } = 1.0;

    /// <summary>Largest number of tokens of an experience, the stop token included.</summary>
    /// <value>The default is 2048.</value>
    public int ExtractionMaxTokens { get; set; } = 2048;

    /// <summary>Whether a candidate must prove itself by replay (Eq. 6).</summary>
    /// <value>The default is true.</value>
    public bool Validate { get; set; } = true;

    /// <summary>Number of attempts made with a candidate in hand.</summary>
    /// <value>The default is 1.</value>
    public int ReplayCount { get; set; } = 1;

    /// <summary>How many of those attempts must be right.</summary>
    /// <value>The default is 1.</value>
    public int RequiredSuccesses { get; set; } = 1;

    /// <summary>Temperature of the replays.</summary>
    /// <value>The default is 1, the temperature of the rollouts.</value>
    public double ReplayTemperature { get; set; } = 1.0;

    /// <summary>Largest number of tokens of a replay, the stop token included.</summary>
    /// <value>The default is 1024, as for rollouts.</value>
    public int ReplayMaxTokens { get; set; } = 1024;
}
