using System.Text.Json;
using System.Text;

namespace Mel.Transformers.Chat;

/// <summary>
/// The chat template of Qwen3: optional system turn, tools, reasoning between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> that is kept in the turns after the
/// last question and dropped from earlier ones, and a switch that closes the reasoning before it starts.
/// </summary>
public sealed class Qwen3ChatTemplate : ChatTemplate
{
    private const string ThoughtEnd = "</think>", ThoughtStart = "<think>";

    private readonly Qwen3Variant _variant;

    /// <summary>Creates the template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="variant">The kind of model. The default is <see cref="Qwen3Variant.Hybrid"/>.</param>
    public Qwen3ChatTemplate(ChatTemplateOptions? options = null, Qwen3Variant variant = Qwen3Variant.Hybrid)
        : base(options, QwenTurns.ControlTokens, [.. QwenTurns.ToolMarkers, .. QwenTurns.ThoughtMarkers]) => _variant = variant;

    /// <inheritdoc/>
    protected override string Write(Conversation conversation)
    {
        ArgumentNullException.ThrowIfNull(conversation);
        IReadOnlyList<ChatMessage> messages = conversation.Messages;
        var text = new StringBuilder();
        bool systemFirst = messages[0].Role == ChatRole.System;
        if (conversation.Tools.Count > 0)
            text.AppendTurn("system", (systemFirst ? messages[0].Content + "\n\n" : "") + QwenTurns.ToolInstructions(conversation.Tools.Select(ToolJson)));
        else if (systemFirst) text.AppendTurn("system", messages[0].Content);

        int lastQuestion = LastQuestion(messages);
        for (int i = systemFirst ? 1 : 0; i < messages.Count; i++)
        {
            ChatMessage message = messages[i];
            if (message.Role == ChatRole.Tool) text.AppendToolResult(messages, i);
            else if (message.Role == ChatRole.Assistant) WriteAnswer(text, message, afterLastQuestion: i > lastQuestion, last: i == messages.Count - 1);
            else text.AppendTurn(QwenTurns.Name(message.Role), message.Content);
        }

        if (conversation.AddGenerationPrompt)
        {
            text.Append(QwenTurns.Start).Append("assistant\n");
            if (_variant == Qwen3Variant.Thinking) text.Append("<think>\n");
            else if (_variant == Qwen3Variant.Hybrid && conversation.EnableThinking == false) text.Append(QwenTurns.EmptyThought);
        }
        return text.ToString();
    }

    /// <summary>The index of the last turn of the user that is no wrapped result of a tool, or of the last turn where there is none.</summary>
    private static int LastQuestion(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            string content = messages[i].Content;
            bool wrapped = content.StartsWith("<tool_response>", StringComparison.Ordinal) && content.EndsWith("</tool_response>", StringComparison.Ordinal);
            if (messages[i].Role == ChatRole.User && !wrapped) return i;
        }
        return messages.Count - 1;
    }

    private void WriteAnswer(StringBuilder text, ChatMessage message, bool afterLastQuestion, bool last)
    {
        (string reasoning, string content) = _variant == Qwen3Variant.Instruct ? ("", message.Content) : SplitReasoning(message);
        text.Append(QwenTurns.Start).Append("assistant\n");
        if (_variant != Qwen3Variant.Instruct && afterLastQuestion && (last || reasoning.Length > 0))
            text.Append("<think>\n").Append(reasoning.Trim('\n')).Append("\n</think>\n\n").Append(content.TrimStart('\n'));
        else text.Append(content);

        for (int i = 0; i < message.ToolCalls.Count; i++)
        {
            if (i > 0 || content.Length > 0) text.Append('\n');
            JsonElement arguments = message.ToolCalls[i].Arguments;
            text.AppendCall(message.ToolCalls[i].Name, arguments.ValueKind == JsonValueKind.String ? ArgumentsText(arguments) : ArgumentsJson(arguments));
        }
        text.Append(QwenTurns.End).Append('\n');
    }

    private static (string Reasoning, string Content) SplitReasoning(ChatMessage message)
    {
        string content = message.Content;
        if (message.Reasoning is { } given) return (given, content);
        int firstEnd = content.IndexOf(ThoughtEnd, StringComparison.Ordinal);
        if (firstEnd < 0) return ("", content);
        string before = content[..firstEnd].TrimEnd('\n');
        int start = before.LastIndexOf(ThoughtStart, StringComparison.Ordinal);
        string reasoning = (start < 0 ? before : before[(start + ThoughtStart.Length)..]).TrimStart('\n');
        return (reasoning, content[(content.LastIndexOf(ThoughtEnd, StringComparison.Ordinal) + ThoughtEnd.Length)..].TrimStart('\n'));
    }
}
