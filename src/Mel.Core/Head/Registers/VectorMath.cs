using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Head;

/// <summary>Functions of a register of numbers.</summary>
internal static class VectorMath
{
    // Where e^x ends in float32, but for a little.
    private const float LowestExponent = -87.33f, HighestExponent = 88.37f;

    /// <summary>Whether <see cref="ExpWithin"/> serves all x of at most this size.</summary>
    public static bool IsWithin(double size) => size <= -LowestExponent;

    /// <summary>
    /// e^x, for float within 1 ulp and in a fraction of the time of <c>Vector256.Exp</c>, which goes through float64: there it stays at 1e-38 below -87.3 and is infinite
    /// above 88.4.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Exp<V, T>(V x)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(double)) return V.DoubleExp(x);
        V lowest = Constant<V, T>(LowestExponent), highest = Constant<V, T>(HighestExponent);
        return V.Max(V.GreaterThan(x, highest) & Constant<V, T>(float.PositiveInfinity), ExpWithin<V, T>(Lanes.Clamp<V, T>(x, lowest, highest)));   // a NaN in x stays
    }

    /// <summary>
    /// The same for float from -87.3 to 88.4: Cody-Waite reduction, then a polynomial of degree 5 by Estrin's scheme, whose chain of dependent instructions is the
    /// shorter. A NaN stays one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V ExpWithin<V, T>(V x)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(double)) return V.DoubleExp(x);
        V rounding = Constant<V, T>(12582912f);
        V shifted = V.MultiplyAdd(x, Constant<V, T>(1.44269504f), rounding);            // 1.5 x 2^23 + n: nothing is left of the fraction
        V n = shifted - rounding;                                                       // x = n ln 2 + r
        V r = V.MultiplyAdd(n, Constant<V, T>(-0.693359375f), x);
        r = V.MultiplyAdd(n, Constant<V, T>(2.12194440e-4f), r);
        V square = r * r;
        V high = V.MultiplyAdd(r, Constant<V, T>(1.9875691500e-4f), Constant<V, T>(1.3981999507e-3f));
        V middle = V.MultiplyAdd(r, Constant<V, T>(8.3334519073e-3f), Constant<V, T>(4.1665795894e-2f));
        V low = V.MultiplyAdd(r, Constant<V, T>(1.6666665459e-1f), Constant<V, T>(5.0000001201e-1f));
        V p = V.MultiplyAdd(V.MultiplyAdd(high, square, middle), square, low);
        p = V.MultiplyAdd(p, square, r) + Constant<V, T>(1);
        return V.TimesPowerOfTwo(p, shifted);                                           // p 2^n
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Constant<V, T>(float value)
        where V : struct, ILanes<V, T>
        where T : unmanaged, INumberBase<T>
        => V.Create(T.CreateTruncating(value));
}
