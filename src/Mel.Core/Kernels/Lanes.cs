using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>Pieces that the formulas of <see cref="IPointwise{T}"/> share.</summary>
internal static class Lanes
{
    /// <summary>A constant in every lane; no bound where there is none.</summary>
    public static Vector512<T> Of<T>(double? value)
        where T : unmanaged, IFloatingPointIeee754<T>
        => Vector512.Create(value is { } v ? T.CreateTruncating(v) : T.PositiveInfinity);

    /// <summary>e^x with x clamped to +-limit.</summary>
    /// <param name="x">Exponents.</param>
    /// <param name="limit">Bound; infinite for none.</param>
    /// <param name="inside">All bits set where x lies within the bound: elsewhere the derivative is 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> ClampedExp<T>(Vector512<T> x, Vector512<T> limit, out Vector512<T> inside)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        inside = Vector512.LessThanOrEqual(Vector512.Abs(x), limit);
        return VectorMath.Exp(Vector512.Min(Vector512.Max(x, -limit), limit));
    }
}
