using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// Cuts a tensor into views along its first axis. A chain of operations on one slice after the other finds the slice in the cache and needs no memory of the
/// size of the tensor. Tensors of the same shape are cut alike.
/// </summary>
internal static class TensorSlices
{
    // Several operands of this size fit into the cache of a core; on a GPU a launch must be worth its cost.
    private const long Elements = 1 << 17, DeviceElements = 1 << 24;

    /// <summary>The slices in order, owned by the caller's dispose scope; a small tensor is its own and only slice.</summary>
    public static Tensor[] Of(Tensor tensor)
    {
        long limit = tensor.device_type == DeviceType.CPU ? Elements : DeviceElements;
        if (tensor.NumberOfElements <= limit) return [tensor];
        long rows = tensor.size(0);
        return tensor.split(Math.Max(1, limit / (tensor.NumberOfElements / rows)), 0);
    }
}
