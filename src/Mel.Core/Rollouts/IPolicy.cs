using static TorchSharp.torch;

namespace Mel.Rollouts;

/// <summary>The trainable model: it samples, and it scores given tokens so that a gradient can flow back into its parameters.</summary>
/// <remarks>
/// Scoring runs start to finish on the calling thread: grad mode and dispose scopes belong to a thread, so no tensor of a policy crosses an <c>await</c>.
/// The policy owns its parameters; every tensor it returns belongs to the caller's dispose scope.
/// </remarks>
public interface IPolicy : ISampler
{
    /// <summary>
    /// The tensors that train, by name, in a stable order. An optimizer may write to them in place; their <c>grad</c> is filled by a backward pass.
    /// </summary>
    IReadOnlyDictionary<string, Tensor> Parameters { get; }

    /// <summary>Scores the response tokens of a batch under the current parameters.</summary>
    /// <param name="batch">Contexts and responses.</param>
    /// <returns>Log-probabilities and, on request, entropies, [B, T].</returns>
    /// <exception cref="PromptTooLongException">A sequence has more than <see cref="ISampler.ContextTokens"/> tokens.</exception>
    TokenScores Score(TokenBatch batch);
}
