using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>A formula per token, for <see cref="Pointwise"/>: value and derivative, a vector of tokens at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IPointwise<T>
    where T : unmanaged
{
    /// <summary>The power of e that the formula needs, its costly part: at sequence level all tokens of a trajectory share it. Anything where it needs none.</summary>
    /// <param name="logRatio">log pi_theta minus the other log-probs; at sequence level their mean over the trajectory.</param>
    Vector256<T> Power(Vector256<T> logRatio);

    /// <summary>Evaluates the formula. Positions that do not train are discarded afterwards.</summary>
    /// <param name="logProbs">log pi_theta.</param>
    /// <param name="logRatio">As in <see cref="Power"/>.</param>
    /// <param name="power">What <see cref="Power"/> gave: rho, where a formula has one.</param>
    /// <param name="advantages">A.</param>
    PointwiseLanes<T> Evaluate(Vector256<T> logProbs, Vector256<T> logRatio, Vector256<T> power, Vector256<T> advantages);
}
