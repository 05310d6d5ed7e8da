namespace Mel.Losses;

/// <summary>Sums over tokens that train, in float64: of the values, and the numbers of those that a bound clipped.</summary>
internal readonly record struct PointwiseSums(double Value, double Low, double High)
{
    public static PointwiseSums operator +(PointwiseSums left, PointwiseSums right) => new(left.Value + right.Value, left.Low + right.Low, left.High + right.High);
}
