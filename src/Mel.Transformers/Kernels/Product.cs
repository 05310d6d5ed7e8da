using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Products of activations with weights. On the CPU activations are float32 whatever the weights are: a bfloat16 weight multiplies in bfloat16 and everything
/// between two products runs in float32, which is both more exact and faster than rounding after every operation.
/// </summary>
internal static unsafe class Product
{
    /// <summary>x W^T + bias in the type of x, differentiable.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias = null)
    {
        if (x.dtype == weight.dtype) return linear(x, weight, bias);
        using var scope = NewDisposeScope();
        if (!is_grad_enabled() && IsSmall(x, weight)) return Small(x, weight, bias).MoveToOuterDisposeScope();
        return linear(x.to_type(weight.dtype), weight, bias).to_type(x.dtype).MoveToOuterDisposeScope();
    }

    /// <summary>stream + x W^T, in place or differentiable.</summary>
    public static Tensor AddTo(Tensor stream, Tensor x, Tensor weight, bool inPlace)
    {
        if (x.dtype == weight.dtype) return inPlace ? stream.addmm_(x, weight.t(), 1, 1) : addmm(stream, x, weight.t(), 1, 1);
        return inPlace ? stream.add_(Linear(x, weight)) : stream + Linear(x, weight);
    }

    /// <summary>A vector of parameters in the type of the activations.</summary>
    public static Tensor Like(Tensor parameter, Tensor activations) => parameter.dtype == activations.dtype ? parameter : parameter.to_type(activations.dtype);

    private static bool IsSmall(Tensor x, Tensor weight)
        => x.size(0) <= BFloat16Kernel.MaxRows && weight.dtype == ScalarType.BFloat16 && LayerMath.IsFused(x) && x.size(1) % 2 == 0 && weight.NumberOfElements <= int.MaxValue / sizeof(ushort);

    private static Tensor Small(Tensor x, Tensor weight, Tensor? bias)
    {
        int rows = (int)x.size(0), inputs = (int)x.size(1), outputs = (int)weight.size(0);
        Tensor result = empty(rows, outputs);
        var bits = (ushort*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(MemoryMarshal.Cast<byte, ushort>(weight.bytes)));
        BFloat16Kernel.Multiply(Rows.Data(x), bits, Rows.Data(result), rows, inputs, outputs);
        return bias is null ? result : result.add_(bias);
    }
}
