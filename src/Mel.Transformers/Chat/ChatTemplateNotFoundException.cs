namespace Mel.Transformers.Chat;

/// <summary>A model's folder has no chat template, as is usual for a base model.</summary>
public sealed class ChatTemplateNotFoundException : FileNotFoundException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="folder">The folder.</param>
    public ChatTemplateNotFoundException(string folder)
        : base($"'{folder}' has no chat template: a chat_template.jinja, or a tokenizer_config.json with a chat_template, is expected. " +
            "If the model is a base model, use RawPromptTemplate, or PromptTemplate.FromFolder, which falls back to it.", folder)
    {
    }
}
