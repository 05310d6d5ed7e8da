using Mel.Losses;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>Log-probabilities of given tokens. Softmax and result are float32 (or float64) even where the model is bfloat16.</summary>
public static partial class TokenLogProbs
{
    /// <summary>log softmax(logits / temperature) at the target token.</summary>
    /// <param name="logits">[.., V]; carries gradient.</param>
    /// <param name="targets">Token ids, [..], int64.</param>
    /// <param name="temperature">Divides the logits; the temperature the tokens were sampled with.</param>
    /// <returns>[..]. Owned by the caller's dispose scope.</returns>
    /// <exception cref="ShapeMismatchException">The targets do not have the shape of the logits without the vocabulary.</exception>
    public static Tensor FromLogits(Tensor logits, Tensor targets, double temperature = 1)
    {
        if (logits.dim() != targets.dim() + 1 || !logits.shape.AsSpan(0, (int)targets.dim()).SequenceEqual(targets.shape))
        {
            throw new ShapeMismatchException(
                $"targets has shape {Shapes.Describe(targets)} but logits has {Shapes.Describe(logits)}; "
                    + "targets must be the logits' shape without its last axis.",
                nameof(targets));
        }

        using var scope = NewDisposeScope();
        return LogSoftmax(logits, temperature).gather(-1, targets.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>log softmax(logits / temperature), [.., V], in float32 or better.</summary>
    internal static Tensor LogSoftmax(Tensor logits, double temperature)
    {
        Tensor scaled = logits.dtype is ScalarType.Float64 or ScalarType.Float32 ? logits : logits.to_type(ScalarType.Float32);
        if (temperature != 1)
        {
            using Scalar inverse = (1 / temperature).ToScalar();
            scaled = scaled.mul(inverse);
        }
        return scaled.log_softmax(-1);
    }
}
