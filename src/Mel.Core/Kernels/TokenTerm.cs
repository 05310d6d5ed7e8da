using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>What a formula gives for a vector of tokens.</summary>
/// <param name="Value">The loss or divergence.</param>
/// <param name="Slope">Its derivative with respect to log pi_theta.</param>
/// <param name="Ratio">rho; unused by formulas without one.</param>
/// <param name="ClippedLow">All bits set where the lower bound took the gradient away.</param>
/// <param name="ClippedHigh">All bits set where the upper bound did.</param>
internal readonly record struct TokenTerm<T>(Vector512<T> Value, Vector512<T> Slope, Vector512<T> Ratio = default, Vector512<T> ClippedLow = default, Vector512<T> ClippedHigh = default);
