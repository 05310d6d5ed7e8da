using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>Masks select, they do not multiply: NaN x 0 is NaN, in a value and in its gradient.</summary>
internal static class Masks
{
    public static Tensor AsBool(Tensor mask) => mask.dtype == ScalarType.Bool ? mask : mask.ne(Scalars.Zero);

    /// <summary>
    /// The value where the mask selects, 0 elsewhere. Positions that the mask does not select have no gradient either, even where the value is NaN.
    /// </summary>
    public static Tensor Keep(Tensor mask, Tensor value)
    {
        using Tensor zero = zeros([], value.dtype, value.device);
        return where(mask, value, zero);
    }
}
