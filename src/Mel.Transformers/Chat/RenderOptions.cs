using System.Text.Json;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Transformers.Chat;

/// <summary>What a chat template needs to know of a conversation beside its messages.</summary>
public sealed class RenderOptions
{
    /// <summary>Descriptions of the tools that the model may call, as the JSON objects that models are trained on.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<JsonElement> Tools { get; set; } = [];

    /// <summary>Whether the text ends where an answer of the model begins.</summary>
    /// <value>The default is true.</value>
    public bool AddGenerationPrompt { get; set; } = true;

    /// <summary>Whether the model is to reason before it answers, where it was trained with such a switch.</summary>
    /// <value>The default is null, which leaves it to <see cref="ChatTemplateOptions.EnableThinking"/>.</value>
    public bool? EnableThinking { get; set; }

    /// <summary>
    /// What other names of the template stand for in this conversation, such as <c>documents</c>: texts, numbers, truth values, or what can be written as JSON.
    /// The text of special tokens in them is treated like that in messages.
    /// </summary>
    /// <value>The default is none.</value>
    public IReadOnlyDictionary<string, object?> Variables { get; set; } = new Dictionary<string, object?>();
}

/// <summary>Checks <see cref="RenderOptions"/>.</summary>
internal sealed class RenderOptionsValidator : IValidateOptions<RenderOptions>
{
    private static readonly string[] Own = ["messages", "tools", "add_generation_prompt"];

    public ValidateOptionsResult Validate(string? name, RenderOptions options)
    {
        var rules = new OptionRules();
        rules.Require(options.Tools is not null, nameof(options.Tools), "must not be null; leave it out where there are no tools");
        if (options.Tools?.FirstOrDefault(tool => tool.ValueKind != JsonValueKind.Object) is { ValueKind: not JsonValueKind.Undefined } wrong)
            rules.Require(false, nameof(options.Tools), $"must hold JSON objects, got a JSON {wrong.ValueKind.ToString().ToLowerInvariant()}");
        RequireVariables(rules, options.Variables, nameof(options.Variables));
        return rules.Result;
    }

    /// <summary>The rule for names that a template is given.</summary>
    public static void RequireVariables(OptionRules rules, IReadOnlyDictionary<string, object?>? variables, string property)
    {
        rules.Require(variables is not null, property, "must not be null; leave it out where there are none");
        if (variables?.Keys.FirstOrDefault(Own.Contains) is { } taken) rules.Require(false, property, $"must not hold '{taken}', which the conversation gives");
    }
}
