using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>Finds the template of a model, and renders a lone message with any template.</summary>
public static class PromptTemplates
{
    /// <summary>
    /// The chat template of a model's folder. Where the folder has none, the message alone, after the begin-of-text token where the tokenizer puts one.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Settings of a chat template, or null for the defaults; without a chat template they must not name a system message.</param>
    /// <exception cref="OptionsValidationException">
    /// A setting breaks a rule, or the folder has no chat template and so no place for a system message.
    /// </exception>
    /// <exception cref="TokenizerFormatException">The folder's template cannot be read, or a file is damaged.</exception>
    public static IPromptTemplate FromFolder(string folder, ChatTemplateOptions? options = null)
    {
        ChatTemplateFolder source = ChatTemplateFolder.Open(folder);
        return source.HasChatTemplate ? source.CreateChatTemplate(options) : new RawPromptTemplate(source.BeginOfText, source.WithTokens(options));
    }

    /// <summary>The text of a conversation that is one message of the user, up to where the response begins.</summary>
    /// <param name="template">The template.</param>
    /// <param name="message">The message.</param>
    public static string Render(this IPromptTemplate template, string message)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(message);
        return template.Render([new ChatMessage(ChatRole.User, message)]);
    }
}
