using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// Tensor operations with a plain number. An implicit conversion of a number creates a native scalar that only a finalizer frees, and many such scalars pin the
/// native heap of a long run. Here a scalar is created once for all uses, or freed right after its use.
/// </summary>
internal static class Scalars
{
    public static readonly Scalar Zero = 0.0.ToScalar();
    public static readonly Scalar One = 1.0.ToScalar();
    public static readonly Scalar Half = 0.5.ToScalar();

    public static Tensor Times(this Tensor value, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return value.mul(scalar);
    }

    /// <summary>min(max(value, low), high); no gradient where the value lies outside.</summary>
    public static Tensor Clip(this Tensor value, double low, double high)
    {
        using Scalar min = low.ToScalar(), max = high.ToScalar();
        return value.clamp(min, max);
    }

    /// <summary>The value between +- the limit; the value itself where there is none.</summary>
    public static Tensor Within(this Tensor value, double? limit) => limit is { } bound ? value.Clip(-bound, bound) : value;

    public static Tensor IsAbove(this Tensor value, double bound)
    {
        using Scalar scalar = bound.ToScalar();
        return value.gt(scalar);
    }

    public static Tensor IsBelow(this Tensor value, double bound)
    {
        using Scalar scalar = bound.ToScalar();
        return value.lt(scalar);
    }
}
