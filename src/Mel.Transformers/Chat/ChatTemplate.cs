using System.Text.Json;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Chat;

/// <summary>
/// Writes a conversation in the form a chat model was trained on. A template is immutable and safe to use from several threads.
/// </summary>
/// <remarks>
/// Writing [prompt, answer] anew is not the prompt's text followed by the sampled answer: templates drop reasoning from earlier turns, strip line breaks and add
/// empty blocks. Train on the tokens that were sampled, never on text written again.
/// </remarks>
public abstract class ChatTemplate : IPromptTemplate
{
    private readonly SpecialTokenGuard _fromOutside;
    private readonly SpecialTokenGuard _fromModel;

    /// <summary>Creates a template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="controlTokens">Texts of the special tokens that structure a conversation; no message may hold them.</param>
    /// <param name="markers">Texts of tokens that belong to the model's own turns, such as <c>&lt;think&gt;</c>; other messages may not hold them.</param>
    protected ChatTemplate(ChatTemplateOptions? options, IReadOnlyList<string> controlTokens, IReadOnlyList<string> markers)
    {
        ArgumentNullException.ThrowIfNull(controlTokens);
        ArgumentNullException.ThrowIfNull(markers);
        Options = options ?? new ChatTemplateOptions();
        string[] ownMarkers = [.. markers, .. Options.MarkerTokens], all = [.. controlTokens, .. Options.SpecialTokens, .. ownMarkers];
        _fromOutside = new SpecialTokenGuard(Options.SpecialTokenText, all);
        _fromModel = new SpecialTokenGuard(Options.SpecialTokenText, all.Except(ownMarkers));
    }

    /// <summary>The settings.</summary>
    public ChatTemplateOptions Options { get; }

    /// <summary>The template of a model's folder.</summary>
    /// <param name="folder">The folder, with a <c>chat_template.jinja</c>, or a <c>tokenizer_config.json</c> that has a <c>chat_template</c>.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ChatTemplateNotFoundException">The folder has no chat template: it holds a base model, for which <see cref="RawPromptTemplate"/> is there.</exception>
    /// <exception cref="TokenizerFormatException">The folder's template is none of those that are built, or a file is damaged.</exception>
    public static ChatTemplate FromFolder(string folder, ChatTemplateOptions? options = null) => ChatTemplateFolder.Open(folder).CreateChatTemplate(options);

    /// <summary>Writes a conversation of one user message, after the system message of the options where there is one, up to where the answer begins.</summary>
    /// <param name="message">The user's message.</param>
    /// <exception cref="SpecialTokenTextException">The message holds the text of a special token and the options say to refuse that.</exception>
    public string Render(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var user = new ChatMessage(ChatRole.User, message);
        return Render(new Conversation(Options.SystemMessage is { } system ? [new ChatMessage(ChatRole.System, system), user] : [user]));
    }

    /// <summary>Writes a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <exception cref="ArgumentException">The conversation has no message.</exception>
    /// <exception cref="SpecialTokenTextException">A message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="NotSupportedException">The model was not trained on something that the conversation holds, such as tools.</exception>
    public string Render(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        if (conversation.Messages.Count == 0) throw new ArgumentException("The conversation has no message; at least one is needed.", nameof(conversation));
        return Write(conversation with
        {
            Messages = [.. conversation.Messages.Select((message, i) => Guarded(message, $"message {i + 1} ({message.Role.ToString().ToLowerInvariant()})"))],
            EnableThinking = conversation.EnableThinking ?? Options.EnableThinking,
        });
    }

    /// <summary>Writes a conversation whose messages have been checked and escaped.</summary>
    /// <param name="conversation">The conversation, of at least one message.</param>
    protected abstract string Write(Conversation conversation);

    /// <summary>The description of a tool as JSON text, in the spacing that models were trained on.</summary>
    /// <param name="tool">The description.</param>
    protected string ToolJson(JsonElement tool) => _fromOutside.Apply(PythonJson.Format(tool), "a tool's description");

    /// <summary>The arguments of a tool call as JSON text.</summary>
    /// <param name="arguments">The arguments.</param>
    protected string ArgumentsJson(JsonElement arguments) => _fromModel.Apply(PythonJson.Format(arguments), "a tool call's arguments");

    /// <summary>The arguments of a tool call that are given as text already.</summary>
    /// <param name="arguments">A JSON string.</param>
    protected string ArgumentsText(JsonElement arguments) => _fromModel.Apply(arguments.GetString() ?? "", "a tool call's arguments");

    private ChatMessage Guarded(ChatMessage message, string place)
    {
        SpecialTokenGuard guard = message.Role == ChatRole.Assistant ? _fromModel : _fromOutside;
        return message with
        {
            Content = guard.Apply(message.Content, place),
            Reasoning = message.Reasoning is null ? null : guard.Apply(message.Reasoning, place),
            ToolCalls = [.. message.ToolCalls.Select(call => call with { Name = guard.Apply(call.Name, place) })],
        };
    }
}
