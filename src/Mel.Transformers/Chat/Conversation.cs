using System.Text.Json;

namespace Mel.Transformers.Chat;

/// <summary>The turns of a conversation and what a chat template needs to know besides.</summary>
/// <param name="Messages">The turns, at least one.</param>
public sealed record Conversation(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>Descriptions of the tools that the model may call, as JSON objects.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>Whether the text ends where an answer of the model begins. The default is true.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Whether the model is to reason before it answers, where it was trained with such a switch; null for what <see cref="ChatTemplateOptions.EnableThinking"/> says.</summary>
    public bool? EnableThinking { get; init; }
}
