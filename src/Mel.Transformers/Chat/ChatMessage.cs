namespace Mel.Transformers.Chat;

/// <summary>One turn of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What is said.</param>
public sealed record ChatMessage(ChatRole Role, string Content)
{
    /// <summary>The reasoning that came before an answer of the model, or null when it lies in <see cref="Content"/> (between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>) or there is none.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The tools that the model called in this turn.</summary>
    public IReadOnlyList<ChatToolCall> ToolCalls { get; init; } = [];
}
