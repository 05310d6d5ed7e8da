using Mel.Head;
using Mel.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Products of activations with weights. On the CPU activations are float32 whatever the weights are, and everything between two products runs in float32,
/// which is both more exact and faster than rounding after every operation. A narrower weight is multiplied in its own type where the processor can do so, and
/// is widened block by block where it cannot. A product of few rows takes a kernel that reads the weight as it lies in memory.
/// </summary>
internal static unsafe class Product
{
    // Beyond this many rows libtorch's product of a narrow type pays, where the processor has one.
    private const int MaxRowsBesideNative = 4;

    /// <summary>x W^T + bias in the type of x, differentiable.</summary>
    public static Tensor Linear(Tensor x, Tensor weight, Tensor? bias, Fused fused) => Linear(x, weight, bias, fused, NarrowProducts.AreNative(weight.dtype));

    /// <summary>x W^T + bias on a processor that multiplies matrices of the weight's type, or on one that does not.</summary>
    internal static Tensor Linear(Tensor x, Tensor weight, Tensor? bias, Fused fused, bool native)
    {
        if (!is_grad_enabled() && HasFewRows(x, weight, fused, native)) return WithBias(FewRows(x, weight), bias);
        if (x.dtype == weight.dtype) return linear(x, weight, bias);
        using var scope = NewDisposeScope();
        Tensor result = native
            ? linear(x.to_type(weight.dtype), weight, bias).to_type(x.dtype)
            : WithBias(WidenedLinearFunction.apply(x, weight), bias);
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>stream + x W^T, in place or differentiable.</summary>
    public static Tensor AddTo(Tensor stream, Tensor x, Tensor weight, bool inPlace, Fused fused)
    {
        if (!inPlace) return x.dtype == weight.dtype ? addmm(stream, x, weight.t(), 1, 1) : stream + Linear(x, weight, null, fused);
        return x.dtype == weight.dtype && !HasFewRows(x, weight, fused, native: true)
            ? stream.addmm_(x, weight.t(), 1, 1)
            : stream.add_(Linear(x, weight, null, fused));
    }

    /// <summary>A vector of parameters in the type of the activations.</summary>
    public static Tensor Like(Tensor parameter, Tensor activations) => parameter.dtype == activations.dtype ? parameter : parameter.to_type(activations.dtype);

    // A single float32 row is a matrix-vector product, which libtorch does not rearrange either.
    private static bool HasFewRows(Tensor x, Tensor weight, Fused fused, bool native)
        => fused.Serves(x) && RowProductKernel.IsSupported
        && x.dim() == 2 && x.size(1) % 2 == 0 && weight.size(0) >= RowProductKernel.BlockColumns && x.is_contiguous() && weight.is_contiguous()
        && weight.dtype switch
        {
            ScalarType.Float32 => x.size(0) <= RowProductKernel.MaxRows,
            ScalarType.BFloat16 => x.size(0) <= (native ? MaxRowsBesideNative : RowProductKernel.MaxRows),
            _ => false,
        };

    private static Tensor FewRows(Tensor x, Tensor weight)
    {
        int rows = (int)x.size(0), inputs = (int)x.size(1), outputs = (int)weight.size(0);
        Tensor result = empty(rows, outputs);
        if (weight.dtype == ScalarType.Float32)
            RowProductKernel.Multiply<Float32Lanes>(ParallelRows.Data(x), ParallelRows.Bytes(weight), ParallelRows.Data(result), rows, inputs, outputs);
        else RowProductKernel.Multiply<BFloat16Lanes>(ParallelRows.Data(x), ParallelRows.Bytes(weight), ParallelRows.Data(result), rows, inputs, outputs);
        return result;
    }

    private static Tensor WithBias(Tensor product, Tensor? bias)
    {
        if (bias is null) return product;
        return is_grad_enabled() ? product + bias : product.add_(bias);
    }
}
