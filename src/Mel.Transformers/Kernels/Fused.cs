using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Kernels;

/// <summary>Where the fused kernels of this folder run. Whatever they do not serve takes the same formulas composed of libtorch operations.</summary>
internal sealed class Fused
{
    private readonly bool _isOn;

    private Fused(bool isOn) => _isOn = isOn;

    /// <summary>The fused kernels run on every tensor that they serve: float32 on the CPU.</summary>
    public static Fused WhereServed { get; } = new(true);

    /// <summary>The fused kernels run nowhere. A CPU then computes what other devices compute, which is how their path is tested without them.</summary>
    public static Fused Nowhere { get; } = new(false);

    /// <summary>Whether the fused kernels run on this tensor.</summary>
    public bool Serves(Tensor tensor) => _isOn && tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU;
}
