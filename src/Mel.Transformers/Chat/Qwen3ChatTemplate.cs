using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>
/// The chat template of Qwen3: optional system turn, tools, reasoning between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> that is kept in the turns after
/// the last question and dropped from earlier ones, and a switch that closes the reasoning before it starts.
/// </summary>
public sealed class Qwen3ChatTemplate : ChatTemplate
{
    private const string ThoughtEnd = "</think>", ThoughtStart = "<think>";

    private readonly Qwen3Variant _variant;

    /// <summary>Creates the template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="variant">The kind of model. The default is <see cref="Qwen3Variant.Hybrid"/>.</param>
    public Qwen3ChatTemplate(ChatTemplateOptions? options = null, Qwen3Variant variant = Qwen3Variant.Hybrid)
        : base(options, QwenTurns.ControlTokens, [.. QwenTurns.ToolMarkers, .. QwenTurns.ThoughtMarkers])
        => _variant = variant;

    /// <inheritdoc/>
    protected override string Write(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        var text = new StringBuilder();
        bool systemFirst = messages[0].Role == ChatRole.System;
        if (options.Tools.Count > 0)
            text.AppendTurn("system", (systemFirst ? messages[0].Text + "\n\n" : "") + QwenTurns.ToolInstructions(options.Tools.Select(ToolJson)));
        else if (systemFirst) text.AppendTurn("system", messages[0].Text);

        int lastQuestion = LastQuestion(messages);
        for (int i = systemFirst ? 1 : 0; i < messages.Count; i++)
        {
            ChatMessage message = messages[i];
            if (message.Role == ChatRole.Tool) text.AppendToolResult(messages, i);
            else if (message.Role == ChatRole.Assistant) WriteAnswer(text, message, afterLastQuestion: i > lastQuestion, last: i == messages.Count - 1);
            else text.AppendTurn(message.Role.Value, message.Text);
        }

        if (options.AddGenerationPrompt)
        {
            text.Append(QwenTurns.Start).Append("assistant\n");
            if (_variant == Qwen3Variant.Thinking) text.Append("<think>\n");
            else if (_variant == Qwen3Variant.Hybrid && options.EnableThinking == false) text.Append(QwenTurns.EmptyThought);
        }

        return text.ToString();
    }

    /// <summary>The index of the last turn of the user that is no wrapped result of a tool, or of the last turn where there is none.</summary>
    private static int LastQuestion(IReadOnlyList<ChatMessage> messages)
    {
        for (int i = messages.Count - 1; i >= 0; i--)
        {
            string content = messages[i].Text;
            bool wrapped = content.StartsWith("<tool_response>", StringComparison.Ordinal) && content.EndsWith("</tool_response>", StringComparison.Ordinal);
            if (messages[i].Role == ChatRole.User && !wrapped) return i;
        }

        return messages.Count - 1;
    }

    private void WriteAnswer(StringBuilder text, ChatMessage message, bool afterLastQuestion, bool last)
    {
        (string reasoning, string content) = _variant == Qwen3Variant.Instruct ? ("", message.Text) : SplitReasoning(message);
        text.Append(QwenTurns.Start).Append("assistant\n");
        if (_variant != Qwen3Variant.Instruct && afterLastQuestion && (last || reasoning.Length > 0))
            text.Append("<think>\n").Append(reasoning.Trim('\n')).Append("\n</think>\n\n").Append(content.TrimStart('\n'));
        else text.Append(content);

        foreach ((int i, FunctionCallContent call) in message.Calls().Index())
        {
            if (i > 0 || content.Length > 0) text.Append('\n');
            text.AppendCall(call.Name, ArgumentsText(call));
        }

        text.Append(QwenTurns.End).Append('\n');
    }

    private static (string Reasoning, string Content) SplitReasoning(ChatMessage message)
    {
        string content = message.Text;
        if (message.Reasoning() is { } given) return (given, content);
        int firstEnd = content.IndexOf(ThoughtEnd, StringComparison.Ordinal);
        if (firstEnd < 0) return ("", content);
        string before = content[..firstEnd].TrimEnd('\n');
        int start = before.LastIndexOf(ThoughtStart, StringComparison.Ordinal);
        string reasoning = (start < 0 ? before : before[(start + ThoughtStart.Length)..]).TrimStart('\n');
        return (reasoning, content[(content.LastIndexOf(ThoughtEnd, StringComparison.Ordinal) + ThoughtEnd.Length)..].TrimStart('\n'));
    }
}

/// <summary>The kinds of Qwen3 chat models, which differ in how they reason.</summary>
public enum Qwen3Variant
{
    /// <summary>Reasons or answers at once, by a switch: the models of April 2025 (Qwen3-0.6B to 235B).</summary>
    Hybrid,

    /// <summary>Always reasons: the Thinking models of July 2025. A prompt ends inside an open <c>&lt;think&gt;</c> block.</summary>
    Thinking,

    /// <summary>Never reasons: the Instruct models of July 2025.</summary>
    Instruct,
}
