using System.Globalization;
using System.Text.Json;
using Mel.Transformers.Python;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>What templates see of a conversation: its messages and variables as values, with the text of special tokens in them guarded.</summary>
/// <param name="fromOutside">Guards what others than the model wrote.</param>
/// <param name="fromModel">Guards what the model wrote.</param>
/// <param name="template">The text of the template, which names the roles that it knows.</param>
internal sealed class TemplateValues(SpecialTokenGuard fromOutside, SpecialTokenGuard fromModel, string template)
{
    private static readonly ChatRole[] Roles = [ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool];

    /// <summary>How many characters the conversation has so far.</summary>
    public long Characters { get; private set; }

    /// <summary>A value of .NET as one of templates.</summary>
    public static Value Of(object? value) => value switch
    {
        null => NoneValue.Instance,
        string text => new TextValue(text),
        bool truth => BoolValue.Of(truth),
        int number => IntValue.Of(number),
        long number => IntValue.Of(number),
        JsonElement json => PythonJson.Read(json),
        _ => PythonJson.Read(JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object)))),
    };

    /// <summary>A value that others than the model gave, with its texts guarded.</summary>
    public Value OutsideValue(object? value, string place) => Guarded(Of(value), fromOutside, place);

    /// <summary>The messages of a conversation.</summary>
    /// <param name="messages">The messages.</param>
    /// <param name="systemMessage">What a conversation begins with that has no system message of its own, or null.</param>
    public ListValue Messages(IReadOnlyList<ChatMessage> messages, string? systemMessage)
    {
        var values = new List<Value>();
        if (systemMessage is not null && messages[0].Role != ChatRole.System)
            values.Add(new MapValue().Set("role", new TextValue("system"))
                .Set("content", Text(systemMessage, fromOutside, "the system message of the options")));
        var calls = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((int i, ChatMessage message) in messages.Index())
        {
            string role = RoleOf(message);
            values.AddRange(Message(message, role, $"message {i + 1} ({role})", calls));
        }

        return new ListValue(values);
    }

    private string RoleOf(ChatMessage message)
    {
        int known = Array.IndexOf(Roles, message.Role);
        if (known >= 0) return Roles[known].Value;
        string role = message.Role.Value;
        return template.Contains($"'{role}'", StringComparison.Ordinal) || template.Contains($"\"{role}\"", StringComparison.Ordinal)
            ? role
            : throw new NotSupportedException($"A message has the role {Runtime.Excerpt.Quoted(role)}, which the model's chat template does not name. " +
                "Expected are system, user, assistant and tool.");
    }

    /// <summary>A message is several where it holds several results of tools.</summary>
    private IEnumerable<Value> Message(ChatMessage message, string role, string place, Dictionary<string, string> calls)
    {
        foreach (AIContent content in message.Contents)
        {
            if (content is DataContent or UriContent or HostedFileContent or HostedVectorStoreContent)
                throw new NotSupportedException($"{place} holds a {content.GetType().Name}, but a policy reads text only. Leave it out, or say it in words.");
        }

        FunctionResultContent[] results = [.. message.Contents.OfType<FunctionResultContent>()];
        if (results.Length > 0 && role != "tool")
            throw new NotSupportedException($"{place} holds the result of a tool, which belongs into a message of the role tool.");

        SpecialTokenGuard guard = role == "assistant" ? fromModel : fromOutside;
        if (results.Length == 0 || message.Text.Length > 0) yield return Plain(message, role, guard, place, calls);
        foreach (FunctionResultContent result in results)
        {
            MapValue value = Begin(message, role, guard, place, calls.GetValueOrDefault(result.CallId));
            if (result.CallId.Length > 0) value.Set("tool_call_id", Text(result.CallId, guard, place));
            value.Set("content", Text(TextOf(result.Result), guard, place));
            yield return WithAdditional(value, message, guard, place);
        }
    }

    private MapValue Plain(ChatMessage message, string role, SpecialTokenGuard guard, string place, Dictionary<string, string> names)
    {
        // Texts are joined before they are guarded: two halves of a special token make the token.
        MapValue value = Begin(message, role, guard, place, null).Set("content", Text(message.Text, guard, place));
        TextReasoningContent[] reasoning = [.. message.Contents.OfType<TextReasoningContent>()];
        if (reasoning.Length > 0) value.Set("reasoning_content", Text(string.Concat(reasoning.Select(part => part.Text)), guard, place));
        FunctionCallContent[] calls = [.. message.Contents.OfType<FunctionCallContent>()];
        foreach (FunctionCallContent call in calls) names[call.CallId] = call.Name;
        if (calls.Length > 0) value.Set("tool_calls", new ListValue([.. calls.Select(call => Call(call, guard, place))]));
        return WithAdditional(value, message, guard, place);
    }

    private MapValue Begin(ChatMessage message, string role, SpecialTokenGuard guard, string place, string? nameOfCall)
    {
        MapValue value = new MapValue().Set("role", new TextValue(role));
        return (message.AuthorName ?? nameOfCall) is { } name ? value.Set("name", Text(name, guard, place)) : value;
    }

    private MapValue Call(FunctionCallContent call, SpecialTokenGuard guard, string place)
    {
        object? arguments = call.Arguments ?? (object?)(call.RawRepresentation as string) ?? new Dictionary<string, object?>();
        MapValue function = new MapValue().Set("name", Text(call.Name, guard, place))
            .Set("arguments", Guarded(Of(arguments), guard, "a tool call's arguments"));
        MapValue value = new MapValue().Set("type", new TextValue("function"));
        if (call.CallId.Length > 0) value.Set("id", Text(call.CallId, guard, place));
        return value.Set("function", function);
    }

    private MapValue WithAdditional(MapValue value, ChatMessage message, SpecialTokenGuard guard, string place)
    {
        foreach ((string name, object? one) in message.AdditionalProperties ?? []) value.Set(name, Guarded(Of(one), guard, place));
        return value;
    }

    private TextValue Text(string text, SpecialTokenGuard guard, string place)
    {
        Characters += text.Length;
        return new TextValue(guard.Apply(text, place));
    }

    private Value Guarded(Value value, SpecialTokenGuard guard, string place)
    {
        switch (value)
        {
            case TextValue text:
                return Text(text.Text, guard, place);
            case ListValue list:
                Characters += list.Values.Count;
                return new ListValue([.. list.Values.Select(item => Guarded(item, guard, place))]);
            case MapValue map:
                var guarded = new MapValue();
                foreach ((Value name, Value member) in map.Members) guarded.Set(Guarded(name, guard, place), Guarded(member, guard, place));
                return guarded;
            default:
                return value;
        }
    }

    private static string TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        TextContent content => content.Text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        IFormattable number and (int or long or double or float or decimal) => number.ToString(null, CultureInfo.InvariantCulture),
        _ => PythonJson.Write(Of(result), new Budget()),
    };
}
