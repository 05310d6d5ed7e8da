using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>Writes messages in the form a model was trained to continue: a chat template, or nothing at all around the message for a base model.</summary>
public interface IPromptTemplate
{
    /// <summary>The text of a conversation, up to where the response begins.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <exception cref="NotSupportedException">The model was not trained on something that the messages hold.</exception>
    string Render(IReadOnlyList<ChatMessage> messages);
}
