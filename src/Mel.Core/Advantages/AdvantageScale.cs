namespace Mel.Advantages;

/// <summary>What a centred reward is divided by.</summary>
public enum AdvantageScale
{
    /// <summary>The standard deviation of its own group (GRPO).</summary>
    Group,

    /// <summary>The standard deviation of all rewards of the batch (TRL <c>scale_rewards="batch"</c>).</summary>
    Batch,

    /// <summary>Nothing (Dr.GRPO): no group weighs more because its rewards are close together.</summary>
    None,
}
