using TorchSharp;

namespace Mel.Losses;

/// <summary>Native scalars made once: each implicit conversion from a number makes one that only a finalizer frees, and those pin the native heap in long runs.</summary>
internal static class Scalars
{
    public static readonly Scalar Zero = 0.0.ToScalar();
    public static readonly Scalar One = 1.0.ToScalar();
    public static readonly Scalar Half = 0.5.ToScalar();
}
