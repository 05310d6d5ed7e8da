using Mel.Transformers.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>A normalization of the model: its weight, which the store owns, and how it is used.</summary>
/// <param name="weight">[width].</param>
/// <param name="config">Epsilon.</param>
/// <param name="addsOne">Whether the factor is 1 + weight.</param>
internal sealed class RmsNorm(Tensor weight, ModelConfig config, bool addsOne)
{
    private static readonly Scalar One = 1.0.ToScalar();

    /// <summary>Added to the mean square before the root.</summary>
    public float Epsilon { get; } = (float)config.NormEpsilon;

    /// <summary>The normalized rows, differentiable.</summary>
    public Tensor Apply(Tensor x, Fused fused) => LayerMath.Norm(x, FactorFor(x), config.NormEpsilon, fused);

    /// <summary>The factor in the type of the activations, differentiable; float32 where 1 is added, so that a narrow type does not round the sum.</summary>
    public Tensor FactorFor(Tensor x)
    {
        if (!addsOne) return Product.Like(weight, x);
        return (x.dtype == ScalarType.Float64 ? Product.Like(weight, x) : weight.to_type(ScalarType.Float32)).add(One);
    }
}
