using System.Text.RegularExpressions;

namespace Mel.Transformers.Chat;

/// <summary>Tells from the text of a Jinja template which of the built templates it is, by phrases that only that family has.</summary>
internal static partial class ChatTemplateRecognition
{
    /// <summary>The template, or null when the text is none that is known.</summary>
    public static ChatTemplate? Create(string template, ChatTemplateOptions options)
    {
        // A line break in a literal is written as one, or as the escape for it.
        template = template.Replace(@"\n", "\n", StringComparison.Ordinal);
        if (Has("<|start_header_id|>") && Has("<|eot_id|>"))
            return new Llama3ChatTemplate(options, Has("Cutting Knowledge Date") ? Llama3ChatTemplate.DefaultToday : null);
        if (!Has("<|im_start|>") || !Has("<|im_end|>")) return null;

        bool reasons = Has("reasoning_content"), tools = Has("<tools>");
        if (reasons && tools && Has("enable_thinking")) return new Qwen3ChatTemplate(options);
        if (reasons && tools && Has("assistant\n<think>\n'")) return new Qwen3ChatTemplate(options, Qwen3Variant.Thinking);
        if (reasons) return null;

        string? system = DefaultSystemMessage(template);
        if (tools && system is not null) return new Qwen2ChatTemplate(options, system);
        if (tools) return Has("tool_call.arguments is string") ? new Qwen3ChatTemplate(options, Qwen3Variant.Instruct) : null;
        return new ChatMlTemplate(options, system, Has("enable_thinking"));

        bool Has(string phrase) => template.Contains(phrase, StringComparison.Ordinal);
    }

    /// <summary>The text that a template gives a first system turn of its own, or null.</summary>
    private static string? DefaultSystemMessage(string template)
    {
        Match match = SystemTurn().Match(template);
        return match.Success ? Escapes().Replace(match.Groups[1].Value, "$1") : null;
    }

    // A literal within a Jinja expression: '<|im_start|>system\nYou are ...<|im_end|>\n'
    [GeneratedRegex(@"<\|im_start\|>system\n((?:[^'""\\]|\\.)+?)<\|im_end\|>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SystemTurn();

    [GeneratedRegex(@"\\(.)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escapes();
}
