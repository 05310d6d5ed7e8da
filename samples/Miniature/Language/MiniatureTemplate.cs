using Mel.Transformers.Chat;
using Microsoft.Extensions.AI;

namespace Mel.Samples.Miniature;

/// <summary>
/// Puts the begin token before a message, and after a question, hinted or not, the word that asks for a solution. Other messages end in the word that asks for
/// their continuation already. Messages of one task have the same number of tokens, so that a batch of them needs no padding. A conversation is one message.
/// </summary>
public sealed class MiniatureTemplate : IPromptTemplate
{
    /// <inheritdoc/>
    public string Render(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages is not [{ Text: var message }]) throw new NotSupportedException($"A conversation of this world is one message, got {messages.Count}.");
        bool asksForSolution = message.StartsWith(Words.Question + " ", StringComparison.Ordinal)
            || message.StartsWith(Words.Hint + " ", StringComparison.Ordinal);
        return asksForSolution ? $"{Words.Begin} {message} {Words.Solve}" : $"{Words.Begin} {message}";
    }
}
