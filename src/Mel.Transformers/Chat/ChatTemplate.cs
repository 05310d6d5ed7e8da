using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Mel.Runtime;
using Mel.Transformers.Python;
using Mel.Transformers.Templates;
using Mel.Transformers.Tokenization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>
/// Writes a conversation in the form a chat model was trained on, by running the Jinja template that comes with the model. A template is immutable and safe to
/// use from several threads.
/// </summary>
/// <remarks>
/// Writing [prompt, answer] anew is not the prompt's text followed by the sampled answer: templates drop reasoning from earlier turns, strip line breaks and
/// add empty blocks. Train on the tokens that were sampled, never on text written again.
/// <para>
/// The template sees a message as <c>role</c>, <c>content</c>, <c>reasoning_content</c> (<see cref="TextReasoningContent"/>), <c>tool_calls</c>
/// (<see cref="FunctionCallContent"/>), <c>name</c> and <c>tool_call_id</c>, and what its additional properties hold. The arguments of a call are its
/// <see cref="FunctionCallContent.Arguments"/>; a call that has its arguments as a text only holds that text as its raw representation.
/// </para>
/// </remarks>
public sealed partial class ChatTemplate : IPromptTemplate
{
    private readonly FrozenDictionary<string, Template> _templates;
    private readonly FrozenDictionary<string, Value> _variables;
    private readonly SpecialTokenGuard _fromOutside, _fromModel;
    private readonly string? _systemMessage, _name;
    private readonly bool? _enableThinking;
    private readonly TimeProvider _clock;

    /// <summary>Creates a template.</summary>
    /// <param name="templates">The templates of the model by name; one is called "default".</param>
    /// <param name="options">Settings, checked.</param>
    internal ChatTemplate(IReadOnlyDictionary<string, Template> templates, ChatTemplateOptions options)
    {
        _templates = templates.ToFrozenDictionary(StringComparer.Ordinal);
        (_systemMessage, _enableThinking, _name, _clock) = (options.SystemMessage, options.EnableThinking, options.TemplateName, options.Time);
        _variables = options.Variables.ToFrozenDictionary(one => one.Key, one => TemplateValues.Of(one.Value), StringComparer.Ordinal);
        string[] own = [.. options.MarkerTokens];
        IEnumerable<string> named = templates.Values.SelectMany(template => ControlTexts().Matches(template.Source).Select(match => match.Value));
        string[] all = [.. options.SpecialTokens, .. own, .. named];
        _fromOutside = new SpecialTokenGuard(options.SpecialTokenText, all);
        _fromModel = new SpecialTokenGuard(options.SpecialTokenText, all.Except(own));
    }

    /// <summary>The chat template of a model's folder.</summary>
    /// <param name="folder">The folder, with a <c>chat_template.jinja</c>, or a <c>tokenizer_config.json</c> that has a <c>chat_template</c>.</param>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <exception cref="ChatTemplateNotFoundException">
    /// The folder has no chat template: it holds a base model, for which <see cref="RawPromptTemplate"/> is there.
    /// </exception>
    /// <exception cref="TokenizerFormatException">The folder's template cannot be read, or a file is damaged.</exception>
    /// <exception cref="OptionsValidationException">A setting breaks a rule.</exception>
    public static ChatTemplate FromFolder(string folder, ChatTemplateOptions? options = null) => ChatTemplateFolder.Open(folder).CreateChatTemplate(options);

    /// <summary>A chat template from its text.</summary>
    /// <param name="template">The text, in Jinja as the transformers library runs it.</param>
    /// <param name="options">Settings, or null for the defaults; its variables hold the tokens that the template asks for, such as <c>bos_token</c>.</param>
    /// <exception cref="TemplateException">The text cannot be read.</exception>
    /// <exception cref="OptionsValidationException">A setting breaks a rule.</exception>
    public static ChatTemplate Parse(string template, ChatTemplateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(template);
        options = OptionRules.Checked(options, ChatTemplateOptionsValidator.WithTurns);
        string name = options.TemplateName ?? ChatTemplateFolder.DefaultName;
        return new ChatTemplate(new Dictionary<string, Template> { [name] = Template.Parse(template) }, options);
    }

    /// <summary>Writes a conversation up to where the answer begins.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="SpecialTokenTextException">A message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation, or does not fit it.</exception>
    /// <exception cref="NotSupportedException">A message holds something that is no text, or has a role that the template does not know.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages) => Render(messages, new RenderOptions());

    /// <summary>Writes a conversation.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="options">What is to be known beside the messages.</param>
    /// <exception cref="ArgumentException">There is no message.</exception>
    /// <exception cref="OptionsValidationException">An option breaks a rule.</exception>
    /// <exception cref="SpecialTokenTextException">A message holds the text of a special token and the options say to refuse that.</exception>
    /// <exception cref="TemplateException">The template refuses the conversation, or does not fit it.</exception>
    /// <exception cref="NotSupportedException">A message holds something that is no text, or has a role that the template does not know.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        if (messages.Count == 0) throw new ArgumentException("The conversation has no message; at least one is needed.", nameof(messages));
        OptionRules.Checked(options, new RenderOptionsValidator());
        Template template = Choose(options.Tools.Count > 0);
        var conversation = new TemplateValues(_fromOutside, _fromModel, template.Source);
        var variables = new Dictionary<string, Value>(_variables, StringComparer.Ordinal);
        if ((options.EnableThinking ?? _enableThinking) is { } thinks) variables["enable_thinking"] = BoolValue.Of(thinks);
        variables["documents"] = NoneValue.Instance;
        foreach ((string name, object? value) in options.Variables) variables[name] = conversation.OutsideValue(value, name);
        variables["messages"] = conversation.Messages(messages, _systemMessage);
        variables["tools"] = options.Tools.Count == 0
            ? NoneValue.Instance
            : new ListValue([.. options.Tools.Select(tool => conversation.OutsideValue(tool, "a tool's description"))]);
        variables["add_generation_prompt"] = BoolValue.Of(options.AddGenerationPrompt);
        return template.Render(variables, _clock, conversation.Characters);
    }

    /// <summary>Whether the template looks at a variable, such as <c>tools</c>.</summary>
    internal bool Reads(string variable) => _templates.Values.Any(template => template.Reads(variable));

    // As the transformers library does: the one that is asked for, the one for tools where there are some, the usual one.
    private Template Choose(bool hasTools)
    {
        if (_name is not null) return _templates[_name];
        return hasTools && _templates.TryGetValue("tool_use", out Template? forTools) ? forTools : _templates[ChatTemplateFolder.DefaultName];
    }

    /// <summary>Texts that look like control tokens wherever they stand: <c>&lt;|im_end|&gt;</c>.</summary>
    [GeneratedRegex(@"<[|｜][^|｜<>\s'""{}]{1,64}[|｜]>")]
    private static partial Regex ControlTexts();
}
