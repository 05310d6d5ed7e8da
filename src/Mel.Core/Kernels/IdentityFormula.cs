using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>The input itself, for <see cref="MaskedReduce.Aggregate"/> of whatever was computed per token.</summary>
internal readonly struct IdentityFormula<T> : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<T> Power(Vector256<T> logRatio) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages) => new(logProbs, Vector256<T>.One);
}
