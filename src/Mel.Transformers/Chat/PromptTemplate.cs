using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Chat;

/// <summary>Chooses how a model wants its prompts.</summary>
public static class PromptTemplate
{
    /// <summary>The chat template of a model's folder or, where it has none, the message alone, after the begin-of-text token where the tokenizer puts one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">Settings of a chat template, or null for the defaults; without a chat template they must not name a system message.</param>
    /// <exception cref="ArgumentException">The folder has no chat template, so a system message has no place to go.</exception>
    /// <exception cref="TokenizerFormatException">The folder's template is none of those that are built, or a file is damaged.</exception>
    public static IPromptTemplate FromFolder(string folder, ChatTemplateOptions? options = null)
    {
        ChatTemplateFolder source = ChatTemplateFolder.Open(folder);
        if (source.HasChatTemplate) return source.CreateChatTemplate(options);
        if (options?.SystemMessage is not null)
            throw new ArgumentException($"'{folder}' has no chat template, so there is no place for a system message. Leave it out, or put it into the prompt itself.", nameof(options));
        return new RawPromptTemplate(source.BeginOfText, source.WithTokens(options));
    }
}
