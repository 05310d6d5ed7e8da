using Mel.Rollouts;

namespace Mel.Transformers.Sampling;

/// <summary>One token of a response that is being written.</summary>
/// <param name="TokenId">The sampled token.</param>
/// <param name="LogProb">Its natural log-probability under the distribution it was drawn from.</param>
/// <param name="Text">
/// The text that is certain by now and was not given before; empty within a character that spans several tokens, and for the stop token.
/// </param>
/// <param name="FinishReason">Why the response ended, on its last token; null before.</param>
public sealed record StreamedToken(int TokenId, float LogProb, string Text, FinishReason? FinishReason);
