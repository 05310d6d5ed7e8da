using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>Settings of a chat template. Read once, when the template is made.</summary>
public sealed class ChatTemplateOptions
{
    /// <summary>The system message of a conversation that does not begin with one.</summary>
    /// <value>The default is null: no such message.</value>
    public string? SystemMessage { get; set; }

    /// <summary>Whether the model is to reason before it answers, where it was trained with such a switch.</summary>
    /// <value>The default is null, which leaves it to the template.</value>
    public bool? EnableThinking { get; set; }

    /// <summary>
    /// What names of the template stand for beside the conversation, such as <c>bos_token</c>: texts, numbers, truth values, or what can be written as JSON.
    /// <see cref="ChatTemplate.FromFolder"/> adds the special tokens of the model's tokenizer. They are trusted, and special tokens in them stay special.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, object?> Variables { get; set; } = new Dictionary<string, object?>();

    /// <summary>Which template is used where a folder has several.</summary>
    /// <value>The default is null: the one for tools where a conversation has some and there is one, otherwise the default one.</value>
    public string? TemplateName { get; set; }

    /// <summary>The clock that a template asks for today's date. A fixed one makes the prompts of every day the same.</summary>
    /// <value>The default is the clock of the machine.</value>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>
    /// What happens to the text of special tokens inside messages: questions, rows of data, attempts that are quoted in a prompt. Choose
    /// <see cref="SpecialTokenText.Allow"/> where messages are trusted and hold such text on purpose.
    /// </summary>
    /// <value>The default is <see cref="SpecialTokenText.Escape"/>: nobody who writes a message can end a turn or begin another.</value>
    public SpecialTokenText SpecialTokenText { get; set; } = SpecialTokenText.Escape;

    /// <summary>
    /// Texts of special tokens that no message may hold, besides those that the template knows. <see cref="ChatTemplate.FromFolder"/> adds those of the model's
    /// tokenizer.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> SpecialTokens { get; set; } = [];

    /// <summary>
    /// Texts of tokens that only the model's own messages may hold, such as <c>&lt;think&gt;</c>, besides those that the template knows.
    /// <see cref="ChatTemplate.FromFolder"/> adds those of the model's tokenizer.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> MarkerTokens { get; set; } = [];
}

/// <summary>
/// What happens to the text of special tokens inside a message. A tokenizer turns such a text into the token itself: <c>&lt;|im_end|&gt;</c> in a user's
/// question ends the user's turn.
/// </summary>
public enum SpecialTokenText
{
    /// <summary>
    /// The text stays and becomes the token, as in Hugging Face's library. Right for text that is trusted, and the only choice that gives the published token
    /// ids for every conversation.
    /// </summary>
    Allow,

    /// <summary>The conversation is refused with a <see cref="SpecialTokenTextException"/>.</summary>
    Refuse,

    /// <summary>
    /// A zero-width space (U+200B) behind its first character makes it plain text that reads the same. A conversation without such text is written as with
    /// <see cref="Allow"/>.
    /// </summary>
    Escape,
}

/// <summary>Checks <see cref="ChatTemplateOptions"/>.</summary>
internal sealed class ChatTemplateOptionsValidator : IValidateOptions<ChatTemplateOptions>
{
    private readonly bool _hasTurns;

    private ChatTemplateOptionsValidator(bool hasTurns) => _hasTurns = hasTurns;

    /// <summary>The rules of a template that tells turns apart.</summary>
    public static ChatTemplateOptionsValidator WithTurns { get; } = new(true);

    /// <summary>The rules where there is no template: a system message has no place.</summary>
    public static ChatTemplateOptionsValidator WithoutTurns { get; } = new(false);

    public ValidateOptionsResult Validate(string? name, ChatTemplateOptions options)
    {
        var rules = new OptionRules();
        rules.Require(_hasTurns || options.SystemMessage is null, nameof(options.SystemMessage),
            "must be null: without a chat template there is no place for a system message; leave it out, or put it into the prompt itself");
        rules.Require(options.Time is not null, nameof(options.Time), "must not be null; leave it out for the clock of the machine");
        rules.Require(options.TemplateName is not "", nameof(options.TemplateName), "must not be empty; leave it out for the usual one");
        RenderOptionsValidator.RequireVariables(rules, options.Variables, nameof(options.Variables));
        rules.Defined(options.SpecialTokenText, nameof(options.SpecialTokenText));
        RequireTexts(rules, options.SpecialTokens, nameof(options.SpecialTokens));
        RequireTexts(rules, options.MarkerTokens, nameof(options.MarkerTokens));
        return rules.Result;
    }

    private static void RequireTexts(OptionRules rules, IReadOnlyList<string>? tokens, string property)
        => rules.Require(tokens?.All(text => !string.IsNullOrEmpty(text)) == true, property, "must be a list of texts, none of them empty: " +
            "give each token as it stands in a prompt");
}
