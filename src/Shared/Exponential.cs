using System.Runtime.CompilerServices;

namespace Mel.Runtime;

/// <summary>e^x of a register of float32 numbers.</summary>
internal static class Exponential
{
    // Just within the range in which e^x is a normal float32 number.
    private const float LowestExponent = -87.33f, HighestExponent = 88.37f;

    /// <summary>
    /// e^x within 1 ulp: 0 below -87.33, infinite above 88.37, and NaN for NaN. It stays in float32, whereas <c>Vector256.Exp</c> goes through float64.
    /// </summary>
    /// <remarks>
    /// Cody-Waite reduction, then a polynomial of degree 5 by Estrin's scheme, whose chain of dependent instructions is shorter than Horner's.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TVector, TLanes>(TVector x)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        TVector lowest = TLanes.Create(LowestExponent), highest = TLanes.Create(HighestExponent);
        TVector power = Within<TVector, TLanes>(TLanes.Min(highest, TLanes.Max(lowest, x)));
        power = TLanes.Select(TLanes.GreaterThan(x, highest), TLanes.Create(float.PositiveInfinity), power);
        return TLanes.Select(TLanes.GreaterThan(lowest, x), default, power);
    }

    // x = n ln 2 + r, so that e^x = p(r) 2^n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Within<TVector, TLanes>(TVector x)
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        TVector rounding = TLanes.Create(12582912f);
        TVector shifted = TLanes.MultiplyAdd(x, TLanes.Create(1.44269504f), rounding);  // 1.5 x 2^23 + n: nothing is left of the fraction
        TVector n = TLanes.Subtract(shifted, rounding);
        TVector r = TLanes.MultiplyAdd(n, TLanes.Create(-0.693359375f), x);
        r = TLanes.MultiplyAdd(n, TLanes.Create(2.12194440e-4f), r);
        TVector square = TLanes.Multiply(r, r);
        TVector high = TLanes.MultiplyAdd(r, TLanes.Create(1.9875691500e-4f), TLanes.Create(1.3981999507e-3f));
        TVector middle = TLanes.MultiplyAdd(r, TLanes.Create(8.3334519073e-3f), TLanes.Create(4.1665795894e-2f));
        TVector low = TLanes.MultiplyAdd(r, TLanes.Create(1.6666665459e-1f), TLanes.Create(5.0000001201e-1f));
        TVector p = TLanes.MultiplyAdd(TLanes.MultiplyAdd(high, square, middle), square, low);
        p = TLanes.Add(TLanes.MultiplyAdd(p, square, r), TLanes.Create(1));
        return TLanes.TimesPowerOfTwo(p, shifted);
    }
}
