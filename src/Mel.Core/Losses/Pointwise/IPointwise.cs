using Mel.Head;
namespace Mel.Losses;

/// <summary>A formula per token, for <see cref="Pointwise"/>: value and derivative, a register of tokens at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IPointwise<T>
    where T : unmanaged
{
    /// <summary>Whether the value depends on the log-probs themselves, not only through ratio and power.</summary>
    static abstract bool ReadsLogProbs { get; }

    /// <summary>Whether the formula notes what its bounds clip.</summary>
    static abstract bool Clips { get; }

    /// <summary>The power of e that the formula needs, its costly part: at sequence level all tokens of a trajectory share it. Anything where it needs none.</summary>
    /// <param name="logRatio">log pi_theta minus the other log-probs; at sequence level their mean over the trajectory.</param>
    V Power<V>(V logRatio)
        where V : struct, ILanes<V, T>;

    /// <summary>Evaluates the formula. Positions that do not train are discarded afterwards.</summary>
    /// <param name="logProbs">log pi_theta.</param>
    /// <param name="logRatio">As in <see cref="Power"/>.</param>
    /// <param name="power">What <see cref="Power"/> gave: rho, where a formula has one.</param>
    /// <param name="advantages">A.</param>
    PointwiseLanes<V> Evaluate<V>(V logProbs, V logRatio, V power, V advantages)
        where V : struct, ILanes<V, T>;
}
