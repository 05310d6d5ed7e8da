namespace Mel.Advantages;

/// <summary>Settings of <see cref="GroupRelativeAdvantage"/>.</summary>
public sealed class GroupRelativeAdvantageOptions
{
    /// <summary>What a centred reward is divided by.</summary>
    /// <value>The default is <see cref="AdvantageScale.Group"/> (GRPO); <see cref="AdvantageScale.None"/> is Dr.GRPO.</value>
    public AdvantageScale Scale { get; set; } = AdvantageScale.Group;

    /// <summary>Added to the standard deviation; in units of the reward.</summary>
    /// <value>The default is 1e-6 (verl). TRL adds 1e-4, OpenRLHF 1e-9.</value>
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>Subtracted from the number of rewards in the divisor of the variance.</summary>
    /// <value>The default is 1, as in all of verl, TRL and OpenRLHF.</value>
    public int DegreesOfFreedom { get; set; } = 1;

    /// <summary>
    /// Whether the one judged trajectory of a group keeps its reward as advantage, as in verl. It has nothing to be compared with, so the default is an
    /// advantage of 0.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool KeepSingletonReward { get; set; }
}
