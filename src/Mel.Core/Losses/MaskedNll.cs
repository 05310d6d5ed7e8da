using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>Negative log-likelihood of given tokens: the inner part of Eq. 7, and the loss of rejection-sampling fine-tuning.</summary>
public static class MaskedNll
{
    /// <summary>n_j = -(1/|M_j|) sum_t log pi(M_j,t): mean over the selected tokens of each row.</summary>
    /// <param name="logProbs">log pi_theta of the tokens, [B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <returns>[B], nats per token; 0 for a row without tokens. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The two inputs differ in shape.</exception>
    public static Tensor PerSequence(Tensor logProbs, Tensor mask)
    {
        using var scope = NewDisposeScope();
        return MaskedReduce.RowMean(logProbs, mask).neg().MoveToOuterDisposeScope();
    }

    /// <summary>-log pi per token, for <see cref="MaskedReduce.Aggregate"/>.</summary>
    /// <param name="logProbs">log pi_theta of the tokens, [B, T]; carries gradient.</param>
    /// <param name="mask">1 or true on tokens that train, [B, T].</param>
    /// <returns>[B, T], nats; 0 where the mask does not select. Owned by the caller's dispose scope.</returns>
    /// <exception cref="Runtime.ShapeMismatchException">The two inputs differ in shape.</exception>
    public static Tensor PerToken(Tensor logProbs, Tensor mask)
    {
        Shapes.RequireSame(logProbs, mask, nameof(logProbs), nameof(mask));
        using var scope = NewDisposeScope();
        return Masks.Keep(Masks.AsBool(mask), logProbs).neg().MoveToOuterDisposeScope();
    }
}
