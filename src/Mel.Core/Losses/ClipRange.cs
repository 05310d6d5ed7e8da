namespace Mel.Losses;

/// <summary>How far the importance ratio may move from 1 before a token stops to train: the ratio is clipped to [1 - Low, 1 + High].</summary>
/// <param name="Low">epsilon of Eq. 10 below 1, unitless, in [0, 1].</param>
/// <param name="High">epsilon above 1, unitless, at least 0; larger than <paramref name="Low"/> in DAPO ("clip higher").</param>
public readonly record struct ClipRange(double Low, double High)
{
    /// <summary>The same distance on both sides.</summary>
    /// <param name="epsilon">epsilon of Eq. 10, unitless.</param>
    public ClipRange(double epsilon)
        : this(epsilon, epsilon)
    {
    }

    /// <summary>No clipping.</summary>
    public static ClipRange None => new(double.PositiveInfinity, double.PositiveInfinity);

    internal double Min => 1 - Low;

    internal double Max => 1 + High;
}
