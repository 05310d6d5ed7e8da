using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>
/// Plain ChatML: every message is a turn between <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>, with nothing added but, in Qwen2, a first system
/// turn. It knows no tools.
/// </summary>
public sealed class ChatMlTemplate : ChatTemplate
{
    private readonly string? _defaultSystemMessage;
    private readonly bool _hasThinkingSwitch;

    /// <summary>Creates the template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="defaultSystemMessage">What a first system turn says where a conversation does not begin with one, or null for no such turn.</param>
    /// <param name="hasThinkingSwitch">Whether turning reasoning off puts an empty <c>&lt;think&gt;</c> block before the answer.</param>
    public ChatMlTemplate(ChatTemplateOptions? options = null, string? defaultSystemMessage = null, bool hasThinkingSwitch = false)
        : base(options, QwenTurns.ControlTokens, hasThinkingSwitch ? QwenTurns.ThoughtMarkers : [])
    {
        _defaultSystemMessage = defaultSystemMessage;
        _hasThinkingSwitch = hasThinkingSwitch;
    }

    /// <inheritdoc/>
    protected override string Write(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Tools.Count > 0 || messages.Any(message => message.Calls().Count > 0))
            throw new NotSupportedException(
                "The conversation has tools, but a plain ChatML model was not trained on any. Leave them out, or use a model that knows them.");
        var text = new StringBuilder();
        if (_defaultSystemMessage is not null && messages[0].Role != ChatRole.System) text.AppendTurn("system", _defaultSystemMessage);
        foreach (ChatMessage message in messages) text.AppendTurn(message.Role.Value, message.Text);
        if (options.AddGenerationPrompt)
        {
            text.Append(QwenTurns.Start).Append("assistant\n");
            if (_hasThinkingSwitch && options.EnableThinking == false) text.Append(QwenTurns.EmptyThought);
        }

        return text.ToString();
    }
}
