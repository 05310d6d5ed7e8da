namespace Mel.Losses;

/// <summary>What a formula gives for a register of tokens.</summary>
/// <param name="Value">The loss or divergence.</param>
/// <param name="Slope">Its derivative with respect to log pi_theta.</param>
internal readonly record struct PointwiseLanes<V>(V Value, V Slope)
    where V : struct
{
    /// <summary>One bit per token, the first one's lowest: 1 where the lower bound took the gradient away.</summary>
    public ulong Low { get; init; }

    /// <summary>1 where the upper bound did.</summary>
    public ulong High { get; init; }
}
