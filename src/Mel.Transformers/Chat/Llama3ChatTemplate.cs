using System.Text;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>
/// The chat template of Llama 3: a header with the role, the trimmed message, <c>&lt;|eot_id|&gt;</c>. Llama 3.1 and later open with a system turn that tells
/// dates. Tools are not built.
/// </summary>
public sealed class Llama3ChatTemplate : ChatTemplate
{
    private static readonly string[] ControlTokens =
        ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|eom_id|>", "<|python_tag|>"];

    private readonly string? _today;

    /// <summary>The date that Llama 3.1 templates name as today's where they are told none.</summary>
    public const string DefaultToday = "26 Jul 2024";

    /// <summary>Creates the template.</summary>
    /// <param name="options">Settings, or null for the defaults.</param>
    /// <param name="today">
    /// What Llama 3.1 and later are told as today's date, such as <see cref="DefaultToday"/>, or null for Llama 3.0, which has no such lines. It is no clock:
    /// the same prompt gives the same text on every day.
    /// </param>
    public Llama3ChatTemplate(ChatTemplateOptions? options = null, string? today = null)
        : base(options, ControlTokens, [])
        => _today = today;

    /// <inheritdoc/>
    protected override string Write(IReadOnlyList<ChatMessage> messages, RenderOptions options)
    {
        ArgumentNullException.ThrowIfNull(messages);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Tools.Count > 0 || messages.Any(message => message.Role == ChatRole.Tool || message.Calls().Count > 0))
            throw new NotSupportedException("The conversation has tools, but for Llama models they are not built. Leave them out, or use a Qwen model.");
        var text = new StringBuilder("<|begin_of_text|>");
        int first = 0;
        if (_today is not null)
        {
            first = messages[0].Role == ChatRole.System ? 1 : 0;
            string system = first == 1 ? Trim(messages[0].Text) : "";
            AppendTurn(text, "system", $"Cutting Knowledge Date: December 2023\nToday Date: {_today}\n\n{system}");
        }

        foreach (ChatMessage message in messages.Skip(first)) AppendTurn(text, message.Role.Value, Trim(message.Text));
        if (options.AddGenerationPrompt) text.Append("<|start_header_id|>assistant<|end_header_id|>\n\n");
        return text.ToString();
    }

    private static void AppendTurn(StringBuilder text, string role, string content)
        => text.Append("<|start_header_id|>").Append(role).Append("<|end_header_id|>\n\n").Append(content).Append("<|eot_id|>");

    /// <summary>Trims what Python calls white space: U+001C to U+001F belong to it.</summary>
    private static string Trim(string content)
    {
        int start = 0, end = content.Length;
        while (start < end && IsSpace(content[start])) start++;
        while (end > start && IsSpace(content[end - 1])) end--;
        return content[start..end];
    }

    private static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001C' and <= '\u001F';
}
