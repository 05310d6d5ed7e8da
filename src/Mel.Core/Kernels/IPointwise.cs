using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>A formula per token, for <see cref="Pointwise"/>: value and derivative, a vector of tokens at a time.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal interface IPointwise<T>
    where T : unmanaged
{
    /// <summary>Evaluates the formula. Positions that do not train are discarded afterwards.</summary>
    /// <param name="logProbs">log pi_theta.</param>
    /// <param name="logRatio">log pi_theta minus the other log-probs; at sequence level their mean over the trajectory.</param>
    /// <param name="advantages">A.</param>
    /// <param name="value">The loss or divergence.</param>
    /// <param name="slope">Its derivative with respect to log pi_theta.</param>
    /// <param name="ratio">rho; anything where a formula has none.</param>
    /// <param name="low">All bits set where the lower bound took the gradient away.</param>
    /// <param name="high">All bits set where the upper bound did.</param>
    void Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages, out Vector512<T> value, out Vector512<T> slope, out Vector512<T> ratio, out Vector512<T> low, out Vector512<T> high);
}
