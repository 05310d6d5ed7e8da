using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>
/// A policy that can make gradients while it scores. Its output head asks for the slopes of the loss as soon as it knows some log-probabilities, and makes the
/// gradients from the logits that it still holds. This takes one product with the head fewer than scoring first and differentiating afterwards.
/// </summary>
public interface IFusedPolicy : IPolicy
{
    /// <summary>Whether <see cref="Score(TokenBatch, ScoreSlopes)"/> is faster than scoring and differentiating: it is where the head trains.</summary>
    bool FusesGradient { get; }

    /// <summary>Scores a batch part by part and asks for the slopes of each part.</summary>
    /// <param name="batch">Contexts and responses. The entropy carries no gradient.</param>
    /// <param name="slopes">Called once or several times, with every token in exactly one call.</param>
    /// <returns>A scalar, [], whose one backward pass carries the slopes into the parameters. Owned by the caller's dispose scope.</returns>
    Tensor Score(TokenBatch batch, ScoreSlopes slopes);
}

/// <summary>The slope of a loss at some tokens of a batch.</summary>
/// <param name="scores">Log-probabilities and, where the batch asks for it, entropy, [B, T], without gradient; 0 at tokens that are not at hand.</param>
/// <param name="mask">True on the tokens at hand, [B, T].</param>
/// <returns>d loss / d log-probability, [B, T]. Values at tokens that are not at hand are not read. Owned by the caller's dispose scope.</returns>
public delegate Tensor ScoreSlopes(TokenScores scores, Tensor mask);
