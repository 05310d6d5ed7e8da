using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>
/// A policy that makes gradients while it scores: the output head asks for the slope of the loss as soon as log-probabilities are known, and uses the logits it
/// still holds. That is one product with the head fewer than scoring first and differentiating afterwards.
/// </summary>
public interface IFusedPolicy : IPolicy
{
    /// <summary>Whether it pays as the policy is now: it does where the head trains.</summary>
    bool FusesGradient { get; }

    /// <summary>Scores a batch part by part and takes up the slopes of each part.</summary>
    /// <param name="batch">Contexts and responses. The entropy carries no gradient.</param>
    /// <param name="slopes">Called once or several times, with every token in exactly one call.</param>
    /// <returns>A scalar, [], whose one backward pass carries the slopes into the parameters. Owned by the caller's dispose scope.</returns>
    Tensor Score(TokenBatch batch, ScoreSlopes slopes);
}

/// <summary>The slope of a loss at some tokens of a batch.</summary>
/// <param name="scores">Log-probabilities and, where the batch asks for it, entropy, [B, T], without gradient; 0 at tokens that are not at hand.</param>
/// <param name="mask">True on the tokens at hand, [B, T].</param>
/// <returns>d loss / d log-probability, [B, T]; what stands at tokens that are not at hand does not matter. Owned by the caller's dispose scope.</returns>
public delegate Tensor ScoreSlopes(TokenScores scores, Tensor mask);
