using System.Runtime.Intrinsics;

namespace Mel.Kernels;

/// <summary>What a formula gives for a vector of tokens.</summary>
/// <param name="Value">The loss or divergence.</param>
/// <param name="Slope">Its derivative with respect to log pi_theta.</param>
internal readonly record struct PointwiseLanes<T>(Vector256<T> Value, Vector256<T> Slope)
    where T : unmanaged
{
    /// <summary>All bits set where the lower bound took the gradient away.</summary>
    public Vector256<T> Low { get; init; }

    /// <summary>All bits set where the upper bound did.</summary>
    public Vector256<T> High { get; init; }
}
