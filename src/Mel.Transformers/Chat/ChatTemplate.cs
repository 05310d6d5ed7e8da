using System.Text.Json;
using Mel.Runtime;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>
/// Writes a conversation in the form a chat model was trained on. A template is immutable and safe to use from several threads.
/// </summary>
/// <remarks>
/// Writing [prompt, answer] anew is not the prompt's text followed by the sampled answer: templates drop reasoning from earlier turns, strip line breaks and
/// add empty blocks. Train on the tokens that were sampled, never on text written again.
/// <para>
/// A message's reasoning is its <see cref="TextReasoningContent"/>, or lies in its text between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>. The arguments
/// of a call are its <see cref="FunctionCallContent.Arguments"/>; a call that has its arguments as a text only holds that text as its raw representation.
/// </para>
/// </remarks>
public abstract class ChatTemplate : IPromptTemplate
{
    private readonly SpecialTokenGuard _fromOutside, _fromModel;
    private readonly string? _systemMessage;
    private readonly bool? _enableThinking;

    /// <summary>Creates a template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="controlTokens">Texts of the special tokens that structure a conversation; no message may hold them.</param>
    /// <param name="markers">Texts of tokens that belong to the model's own turns, such as <c>&lt;think&gt;</c>; other messages may not hold them.</param>
    /// <exception cref="OptionsValidationException">A setting breaks a rule.</exception>
    protected ChatTemplate(ChatTemplateOptions? options, IReadOnlyList<string> controlTokens, IReadOnlyList<string> markers)
    {
        ArgumentNullException.ThrowIfNull(controlTokens);
        ArgumentNullException.ThrowIfNull(markers);
        options = OptionRules.Checked(options, ChatTemplateOptionsValidator.WithTurns);
        (_systemMessage, _enableThinking) = (options.SystemMessage, options.EnableThinking);
        string[] ownMarkers = [.. markers, .. options.MarkerTokens], all = [.. controlTokens, .. options.SpecialTokens, .. ownMarkers];
        _fromOutside = new SpecialTokenGuard(options.SpecialTokenText, all);
        _fromModel = new SpecialTokenGuard(options.SpecialTokenText, all.Except(ownMarkers));
    }

    /// <summary>The template of a model's folder.</summary>
    /// <param name="folder">The folder, with a <c>chat_template.jinja</c>, or a <c>tokenizer_config.json</c> that has a <c>chat_template</c>.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ChatTemplateNotFoundException">
    /// The folder has no chat template: it holds a base model, for which <see cref="RawPromptTemplate"/> is there.
    /// </exception>
    /// <exception cref="TokenizerFormatException">The folder's template is none of those that are built, or a file is damaged.</exception>
    /// <exception cref="OptionsValidationException">A setting breaks a rule.</exception>
    public static ChatTemplate FromFolder(string folder, ChatTemplateOptions? options = null) => ChatTemplateFolder.Open(folder).CreateChatTemplate(options);

    /// <summary>Writes a conversation up to where the answer begins.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="SpecialTokenTextException">A message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="NotSupportedException">The model was not trained on something that the conversation holds, such as tools.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages) => Render(messages, new RenderOptions());

    /// <summary>Writes a conversation.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="options">What is to be known beside the messages.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="OptionsValidationException">An option breaks a rule.</exception>
    /// <exception cref="SpecialTokenTextException">A message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="NotSupportedException">The model was not trained on something that the conversation holds, such as tools.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        if (messages.Count == 0) throw new ArgumentException("The conversation has no message; at least one is needed.", nameof(messages));
        OptionRules.Checked(options, new RenderOptionsValidator());
        return Write([.. Plain(messages)], new RenderOptions
        {
            Tools = [.. options.Tools],
            AddGenerationPrompt = options.AddGenerationPrompt,
            EnableThinking = options.EnableThinking ?? _enableThinking,
        });
    }

    /// <summary>Writes a conversation whose messages have been checked and escaped.</summary>
    /// <param name="messages">
    /// The messages, at least one: each has one text, at most one <see cref="TextReasoningContent"/>, and calls. A message of the role tool is one result,
    /// which is its text. The name of a role is its value.
    /// </param>
    /// <param name="options">What is to be known beside the messages.</param>
    protected abstract string Write(IReadOnlyList<ChatMessage> messages, RenderOptions options);

    /// <summary>The description of a tool as JSON text, in the spacing that models were trained on.</summary>
    /// <param name="tool">The description.</param>
    protected string ToolJson(JsonElement tool) => _fromOutside.Apply(PythonJson.Format(tool), "a tool's description");

    /// <summary>The arguments of a tool call as JSON text. Arguments that are a text become a JSON string.</summary>
    /// <param name="call">The call.</param>
    protected string ArgumentsJson(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return Guarded(PythonJson.Format(GivenAsText(call) ?? (object?)call.Arguments ?? new Dictionary<string, object?>()));
    }

    /// <summary>The arguments of a tool call as JSON text. Arguments that are a text stay as they are.</summary>
    /// <param name="call">The call.</param>
    protected string ArgumentsText(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return GivenAsText(call) is { } text ? Guarded(text) : ArgumentsJson(call);
    }

    private static string? GivenAsText(FunctionCallContent call) => call.Arguments is null ? call.RawRepresentation as string : null;

    private string Guarded(string arguments) => _fromModel.Apply(arguments, "a tool call's arguments");

    private IEnumerable<ChatMessage> Plain(IReadOnlyList<ChatMessage> messages)
    {
        if (_systemMessage is not null && messages[0].Role != ChatRole.System)
            yield return new ChatMessage(ChatRole.System, _fromOutside.Apply(_systemMessage, "the system message of the options"));
        foreach ((int i, ChatMessage message) in messages.Index())
        {
            SpecialTokenGuard guard = message.Role == ChatRole.Assistant ? _fromModel : _fromOutside;
            string place = $"message {i + 1} ({PlainMessages.KnownRole(message).Value})";
            foreach (ChatMessage plain in PlainMessages.Of(message, place, text => guard.Apply(text, place))) yield return plain;
        }
    }
}
