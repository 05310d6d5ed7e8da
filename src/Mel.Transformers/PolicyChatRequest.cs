using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Transformers.Chat;
using Microsoft.Extensions.AI;

namespace Mel.Transformers;

/// <summary>What a chat request asks of a policy beside its messages. What a policy cannot do is refused, not left out.</summary>
internal sealed class PolicyChatRequest
{
    private readonly ChatOptions _options;

    /// <summary>Checks a request.</summary>
    /// <param name="options">What is asked for.</param>
    /// <param name="modelId">The name of the model, where it has one.</param>
    /// <param name="template">The chat template of the policy, or null where it has none.</param>
    /// <exception cref="NotSupportedException">It asks for something that a policy cannot do.</exception>
    public PolicyChatRequest(ChatOptions options, string? modelId, ChatTemplate? template)
    {
        _options = options;
        Refuse(options.StopSequences is { Count: > 0 }, nameof(options.StopSequences),
            "a policy stops at its stop tokens only (TransformerPolicyOptions.StopTokenIds)");
        Refuse(options.ResponseFormat is not (null or ChatResponseFormatText), nameof(options.ResponseFormat),
            "a policy cannot be held to a format; ask for it in words");
        Refuse(options.FrequencyPenalty is not (null or 0), nameof(options.FrequencyPenalty),
            "a policy samples without penalties");
        Refuse(options.PresencePenalty is not (null or 0), nameof(options.PresencePenalty),
            "a policy samples without penalties");
        Refuse(options.ConversationId is not null, nameof(options.ConversationId),
            "a policy keeps no conversations; pass all messages");
        Refuse(options.ContinuationToken is not null, nameof(options.ContinuationToken),
            "a policy answers at once");
        Refuse(options.ToolMode is RequiredChatToolMode, nameof(options.ToolMode),
            "a policy cannot be made to call a tool");
        Refuse(options.ModelId is { } asked && asked != modelId, nameof(options.ModelId),
            $"the only model here is {(modelId is null ? "one without a name" : $"'{modelId}'")}");
        Refuse(options.Reasoning is { Effort: not (null or ReasoningEffort.None) }, nameof(options.Reasoning),
            "a policy knows no efforts; a switch of the template goes into AdditionalProperties, such as enable_thinking");
        Refuse(Tools.Count > 0 && template?.Reads("tools") == false, nameof(options.Tools),
            "the model's chat template has no place for tools; leave them out, or use a model that knows them");
    }

    private IReadOnlyList<AITool> Tools => _options.ToolMode is NoneChatToolMode || _options.Tools is null ? [] : [.. _options.Tools];

    /// <summary>The messages, with the instructions as, or at the head of, the first system turn.</summary>
    public IReadOnlyList<ChatMessage> Messages(IReadOnlyList<ChatMessage> messages)
    {
        if (string.IsNullOrEmpty(_options.Instructions)) return messages;
        if (messages is not [{ } first, ..] || first.Role != ChatRole.System) return [new ChatMessage(ChatRole.System, _options.Instructions), .. messages];
        ChatMessage joined = first.Clone();
        joined.Contents = [new TextContent($"{_options.Instructions}\n\n"), .. first.Contents];
        return [joined, .. messages.Skip(1)];
    }

    /// <summary>What the template is told beside the messages.</summary>
    public RenderOptions Render() => new()
    {
        Tools = [.. Tools.Select(Description)],
        Variables = _options.AdditionalProperties ?? new AdditionalPropertiesDictionary(),
        EnableThinking = _options.Reasoning is { Effort: ReasoningEffort.None } ? false : null,
    };

    private static JsonElement Description(AITool tool)
    {
        if (tool is not AIFunctionDeclaration function)
            throw new NotSupportedException($"The tool {Runtime.Excerpt.Quoted(tool.Name)} is a {tool.GetType().Name}, but " +
                "a policy can be offered functions only. Leave it out.");
        var description = new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = function.Name,
                ["description"] = function.Description,
                ["parameters"] = JsonNode.Parse(function.JsonSchema.GetRawText()),
            },
        };
        return JsonDocument.Parse(description.ToJsonString()).RootElement.Clone();
    }

    private static void Refuse(bool refused, string option, string why)
    {
        if (refused) throw new NotSupportedException($"ChatOptions.{option} cannot be honored: {why}.");
    }
}
