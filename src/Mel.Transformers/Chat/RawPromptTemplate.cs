using Mel.Runtime;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>No template at all: a base model continues the message itself.</summary>
public sealed class RawPromptTemplate : IPromptTemplate
{
    private readonly SpecialTokenGuard _guard;

    /// <summary>Creates the template.</summary>
    /// <param name="prefix">Text before every message, such as the begin-of-text token that Llama models expect, or nothing.</param>
    /// <param name="options">What happens to the text of which special tokens in messages; null knows of none. A system message has no place here.</param>
    /// <exception cref="OptionsValidationException">A setting breaks a rule, or names a system message.</exception>
    public RawPromptTemplate(string prefix = "", ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        options = OptionRules.Checked(options, ChatTemplateOptionsValidator.WithoutTurns);
        Prefix = prefix;
        _guard = new SpecialTokenGuard(options.SpecialTokenText, [.. options.SpecialTokens, .. options.MarkerTokens]);
    }

    /// <summary>The text before every message.</summary>
    public string Prefix { get; }

    /// <inheritdoc/>
    /// <exception cref="SpecialTokenTextException">The message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="NotSupportedException">The conversation is anything but one message of the user.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages is not [var message] || message.Role != ChatRole.User)
            throw new NotSupportedException($"There is no chat template to tell {messages.Count} messages apart: " +
                "a base model continues one message of the user. Join the messages into one, or use a model that has a chat template.");
        return Prefix + _guard.Apply(message.Text, "the message");
    }
}
