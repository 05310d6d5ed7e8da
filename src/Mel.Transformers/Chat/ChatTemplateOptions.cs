namespace Mel.Transformers.Chat;

/// <summary>Settings of a chat template.</summary>
public sealed record ChatTemplateOptions
{
    /// <summary>The system message of a conversation made from a single user message, or null for none.</summary>
    public string? SystemMessage { get; init; }

    /// <summary>Whether the model is to reason before it answers, where it was trained with such a switch. Null, the default, leaves it to the template.</summary>
    public bool? EnableThinking { get; init; }

    /// <summary>
    /// What happens to the text of special tokens inside messages. The default is <see cref="SpecialTokenText.Allow"/>, since a template then gives the very
    /// text that the model's publisher gives, for every conversation; choose <see cref="SpecialTokenText.Escape"/> or
    /// <see cref="SpecialTokenText.Refuse"/> where messages come from people or files that are not trusted.
    /// </summary>
    public SpecialTokenText SpecialTokenText { get; init; } = SpecialTokenText.Allow;

    /// <summary>Texts of special tokens that no message may hold, besides those the template knows; <see cref="ChatTemplate.FromFolder"/> adds those of the model's tokenizer.</summary>
    public IReadOnlyList<string> SpecialTokens { get; init; } = [];

    /// <summary>Texts of tokens that only the model's own messages may hold, such as <c>&lt;think&gt;</c>, besides those the template knows; <see cref="ChatTemplate.FromFolder"/> adds those of the model's tokenizer.</summary>
    public IReadOnlyList<string> MarkerTokens { get; init; } = [];
}
