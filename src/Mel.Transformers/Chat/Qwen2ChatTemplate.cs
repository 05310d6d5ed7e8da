using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>The chat template of Qwen2.5: a system turn that is always there, and tools.</summary>
public sealed class Qwen2ChatTemplate : ChatTemplate
{
    private readonly string _defaultSystemMessage;

    /// <summary>The system message of Qwen2.5 models where a conversation brings none; Qwen2.5-Math has another.</summary>
    public const string DefaultSystemMessage = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    /// <summary>Creates the template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="defaultSystemMessage">What the system turn says where a conversation does not begin with one.</param>
    public Qwen2ChatTemplate(ChatTemplateOptions? options = null, string defaultSystemMessage = DefaultSystemMessage)
        : base(options, QwenTurns.ControlTokens, QwenTurns.ToolMarkers)
    {
        ArgumentNullException.ThrowIfNull(defaultSystemMessage);
        _defaultSystemMessage = defaultSystemMessage;
    }

    /// <inheritdoc/>
    protected override string Write(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        bool systemFirst = messages[0].Role == ChatRole.System;
        string system = systemFirst ? messages[0].Text : _defaultSystemMessage;
        var text = new StringBuilder();
        text.AppendTurn("system", options.Tools.Count > 0 ? $"{system}\n\n{QwenTurns.ToolInstructions(options.Tools.Select(ToolJson))}" : system);
        for (int i = systemFirst ? 1 : 0; i < messages.Count; i++)
        {
            ChatMessage message = messages[i];
            if (message.Role == ChatRole.Tool) text.AppendToolResult(messages, i);
            else if (message.Calls().Count > 0 && message.Role == ChatRole.Assistant) WriteCalls(text, message);
            else text.AppendTurn(message.Role.Value, message.Text);
        }

        if (options.AddGenerationPrompt) text.Append(QwenTurns.Start).Append("assistant\n");
        return text.ToString();
    }

    private void WriteCalls(StringBuilder text, ChatMessage message)
    {
        text.Append(QwenTurns.Start).Append("assistant");
        if (message.Text.Length > 0) text.Append('\n').Append(message.Text);
        foreach (FunctionCallContent call in message.Calls()) text.Append('\n').AppendCall(call.Name, ArgumentsJson(call));
        text.Append(QwenTurns.End).Append('\n');
    }
}
