using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>The adapter of one projection. Owns its two matrices.</summary>
/// <param name="down">A, [rank, inputs].</param>
/// <param name="up">B, [outputs, rank]; zero at first, so that a fresh adapter changes nothing.</param>
/// <param name="scale">Factor on the product.</param>
internal sealed class LoraAdapter(Tensor down, Tensor up, double scale) : IDisposable
{
    public Tensor Down { get; } = down;

    public Tensor Up { get; } = up;

    /// <summary>result += scale * (x A^T) B^T, differentiable: no product needs its own result for its gradient.</summary>
    /// <remarks>
    /// A and B are small: in the type of the activations they cost next to nothing, and the sum needs no product of the size of the result beside it.
    /// </remarks>
    public void AddTo(Tensor result, Tensor x)
        => result.addmm_(nn.functional.linear(x, Product.Like(Down, x)), Product.Like(Up, result).t(), 1, (float)scale);

    /// <summary>Adds the product to a weight for good.</summary>
    public void MergeInto(Tensor weight)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor product = Up.to_type(ScalarType.Float32).mm(Down.to_type(ScalarType.Float32)) * scale;
        weight.copy_((weight.to_type(ScalarType.Float32) + product).to_type(weight.dtype));
    }

    public void Dispose()
    {
        foreach (Tensor tensor in (Tensor[])[Down, Up])
        {
            tensor.grad?.Dispose();
            tensor.Dispose();
        }
    }
}
