using Mel.Head;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Losses;

/// <summary>The input itself, for <see cref="MaskedReduce.Aggregate"/> of whatever was computed per token.</summary>
internal readonly struct IdentityFormula<T> : IPointwise<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    public static bool ReadsLogProbs => true;

    public static bool Clips => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>
        => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>
        => new(logProbs, V.Create(T.One));
}
