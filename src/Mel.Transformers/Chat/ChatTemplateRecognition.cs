using System.Text;

namespace Mel.Transformers.Chat;

/// <summary>Tells from the text of a Jinja template which of the built templates it is, by phrases that only that family has.</summary>
internal static class ChatTemplateRecognition
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

    /// <summary>
    /// The text that a template gives a first system turn of its own, or null: a literal within a Jinja expression, such as
    /// <c>'&lt;|im_start|&gt;system\nYou are ...&lt;|im_end|&gt;\n'</c>. The time it takes is proportional to the length of the template.
    /// </summary>
    private static string? DefaultSystemMessage(string template)
    {
        const string open = "<|im_start|>system\n", close = "<|im_end|>";
        for (int at = template.IndexOf(open, StringComparison.Ordinal); at >= 0; at = template.IndexOf(open, at, StringComparison.Ordinal))
        {
            int start = at + open.Length;
            var text = new StringBuilder();
            for (at = start; at < template.Length && template[at] is not ('\'' or '"'); at++)
            {
                if (text.Length > 0 && string.CompareOrdinal(template, at, close, 0, close.Length) == 0) return text.ToString();
                if (template[at] == '\\' && (++at == template.Length || template[at] == '\n')) break;
                text.Append(template[at]);
            }

            // The literal ended without its end marker. Another one that began within it would have ended here as well, so the search goes on from here.
        }

        return null;
    }
}
