using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>What the templates of the Qwen family have in common: turns between <c>&lt;|im_start|&gt;</c> and <c>&lt;|im_end|&gt;</c>, and tools.</summary>
internal static class QwenTurns
{
    public const string Start = "<|im_start|>";
    public const string End = "<|im_end|>";
    public const string EmptyThought = "<think>\n\n</think>\n\n";

    public static readonly string[] ControlTokens = [Start, End, "<|endoftext|>"];
    public static readonly string[] ToolMarkers = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"];
    public static readonly string[] ThoughtMarkers = ["<think>", "</think>"];

    /// <summary>A whole turn.</summary>
    public static StringBuilder AppendTurn(this StringBuilder text, string role, string content)
        => text.Append(Start).Append(role).Append('\n').Append(content).Append(End).Append('\n');

    /// <summary>The instructions for tools, which end a system turn.</summary>
    public static string ToolInstructions(IEnumerable<string> tools)
    {
        var text = new StringBuilder(
            "# Tools\n\nYou may call one or more functions to assist with the user query.\n\nYou are provided with function signatures within " +
            "<tools></tools> XML tags:\n<tools>");
        foreach (string tool in tools) text.Append('\n').Append(tool);
        return text.Append(
            "\n</tools>\n\nFor each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:\n" +
            "<tool_call>\n{\"name\": <function-name>, \"arguments\": <args-json-object>}\n</tool_call>").ToString();
    }

    /// <summary>One call of a tool, without a line break before or after it.</summary>
    public static StringBuilder AppendCall(this StringBuilder text, string name, string arguments)
        => text.Append("<tool_call>\n{\"name\": \"").Append(name).Append("\", \"arguments\": ").Append(arguments).Append("}\n</tool_call>");

    /// <summary>The result of a tool; neighboring results share one turn of the user.</summary>
    public static void AppendToolResult(this StringBuilder text, IReadOnlyList<ChatMessage> messages, int index)
    {
        if (index == 0 || messages[index - 1].Role != ChatRole.Tool) text.Append(Start).Append("user");
        text.Append("\n<tool_response>\n").Append(messages[index].Text).Append("\n</tool_response>");
        if (index == messages.Count - 1 || messages[index + 1].Role != ChatRole.Tool) text.Append(End).Append('\n');
    }
}
