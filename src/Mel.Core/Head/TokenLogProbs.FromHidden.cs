using Mel.Losses;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Head;

public static partial class TokenLogProbs
{
    /// <summary>
    /// log softmax(hidden head^T / temperature) at the target tokens, without ever holding the [N, V] logits. Rows are taken in chunks, and the backward pass
    /// computes the logits of a chunk a second time, except for rows whose upstream gradient is 0.
    /// </summary>
    /// <remarks>
    /// Under a head that carries no gradient (LoRA) the forward pass computes the derivatives with respect to the hidden states as well and keeps them, [N, H];
    /// the backward pass then needs no logits.
    /// </remarks>
    /// <param name="hidden">Last hidden states of the wanted positions, [N, H]; carries gradient.</param>
    /// <param name="head">
    /// Output embedding, [V, H], of the type of <paramref name="hidden"/>, or narrower where that is float32; carries gradient, or none.
    /// </param>
    /// <param name="targets">Token ids, [N], int64.</param>
    /// <param name="temperature">Divides the logits; the temperature the tokens were sampled with.</param>
    /// <param name="entropy">Whether the entropy of each row is wanted as well.</param>
    /// <param name="chunkRows">Rows of logits held at a time; 0 chooses.</param>
    /// <param name="entropyGradient">Whether the entropy carries gradient. Under a head without gradient one that does not saves a product.</param>
    /// <param name="logitCap">Bound that logits approach before the softmax, cap tanh(logit / cap), as Gemma 2 has one; null leaves them as they are.</param>
    /// <returns>Log-probs, [N], float32 (float64 for float64 inputs), and the entropy in nats, [N], or null. Owned by the caller's dispose scope.</returns>
    /// <exception cref="ShapeMismatchException">The inputs do not fit together.</exception>
    public static (Tensor LogProbs, Tensor? Entropy) FromHidden(Tensor hidden, Tensor head, Tensor targets, double temperature = 1, bool entropy = false,
        int chunkRows = 0, bool entropyGradient = true, double? logitCap = null)
        => ComputeFromHidden(hidden, head, targets, NarrowProducts.AreNative(head.dtype), temperature, entropy, chunkRows, entropyGradient, logitCap);

    /// <summary><see cref="FromHidden"/> for a processor that multiplies matrices of the head's type, or for one that does not.</summary>
    internal static (Tensor LogProbs, Tensor? Entropy) ComputeFromHidden(Tensor hidden, Tensor head, Tensor targets, bool nativeProducts,
        double temperature = 1, bool entropy = false, int chunkRows = 0, bool entropyGradient = true, double? logitCap = null)
    {
        RequireHead(hidden, head, targets);
        ArgumentOutOfRangeException.ThrowIfNegative(chunkRows);
        if (logitCap is { } cap) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap, nameof(logitCap));
        using var scope = NewDisposeScope();
        long rows = chunkRows > 0 ? chunkRows : HeadSizes.ChunkRows;
        bool derivativesAtOnce = logitCap is null && is_grad_enabled() && hidden.requires_grad && !head.requires_grad && !(entropy && entropyGradient);
        var settings = new HeadLogProbsFunction.Settings(temperature, entropy, rows, derivativesAtOnce, nativeProducts, logitCap);
        Tensor results = HeadLogProbsFunction.apply(hidden.contiguous(), head.t(), targets, settings);
        Tensor? spread = !entropy ? null : entropyGradient ? results.select(0, 1) : results.select(0, 1).detach();
        return (results.select(0, 0).MoveToOuterDisposeScope(), spread?.MoveToOuterDisposeScope());
    }

    internal static void RequireHead(Tensor hidden, Tensor head, Tensor targets)
    {
        if (hidden.dim() != 2 || head.dim() != 2 || hidden.size(1) != head.size(1))
        {
            throw new ShapeMismatchException(
                $"hidden has shape {Shapes.Describe(hidden)} and head {Shapes.Describe(head)}; expected [N, H] and [V, H].", nameof(head));
        }

        Shapes.RequireVector(targets, nameof(targets));
        Shapes.RequireLength(targets, 0, hidden.size(0), nameof(targets), "one token per row of hidden");
        if (hidden.dtype != head.dtype && !(hidden.dtype == ScalarType.Float32 && head.dtype is ScalarType.BFloat16 or ScalarType.Float16))
        {
            throw new ArgumentException(
                $"hidden is {hidden.dtype} but head is {head.dtype}; both must have the type the model computes in, or hidden be float32 and head narrower.",
                nameof(head));
        }
    }
}
