using Mel.Transformers.Tokenization;

namespace Mel.Samples.Miniature;

/// <summary>
/// Puts the begin token before a message, and after a question, hinted or not, the word that asks for a solution. Other messages end in the word that asks for
/// their continuation already. Messages of one task have the same number of tokens, so that a batch of them needs no padding.
/// </summary>
public sealed class MiniatureTemplate : IPromptTemplate
{
    /// <inheritdoc/>
    public string Render(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        bool asksForSolution = message.StartsWith(Words.Question + " ", StringComparison.Ordinal)
            || message.StartsWith(Words.Hint + " ", StringComparison.Ordinal);
        return asksForSolution ? $"{Words.Begin} {message} {Words.Solve}" : $"{Words.Begin} {message}";
    }
}
