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
    TokenTerm<T> Evaluate(Vector512<T> logProbs, Vector512<T> logRatio, Vector512<T> advantages);
}
