using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Mel.Transformers.Chat;

/// <summary>
/// Messages in the plain form that templates write: one of four roles, one text, at most one reasoning before it, calls of tools after it. A message of the
/// role tool is one result, which is its text.
/// </summary>
internal static class PlainMessages
{
    private static readonly ChatRole[] Roles = [ChatRole.System, ChatRole.User, ChatRole.Assistant, ChatRole.Tool];

    /// <summary>The role of a message, spelled as templates write it.</summary>
    /// <exception cref="NotSupportedException">The role is none that templates know.</exception>
    public static ChatRole KnownRole(ChatMessage message)
    {
        int index = Array.IndexOf(Roles, message.Role);
        return index >= 0 ? Roles[index] : throw new NotSupportedException(
            $"A message has the role '{message.Role.Value}', expected system, user, assistant or tool.");
    }

    /// <summary>A message in plain form. It is several messages where it holds several results of tools.</summary>
    /// <param name="message">The message.</param>
    /// <param name="place">What error messages call it.</param>
    /// <param name="guard">Changes every text on its way.</param>
    /// <exception cref="NotSupportedException">The message holds something that is no text, or a result of a tool although its role is not tool.</exception>
    public static IEnumerable<ChatMessage> Of(ChatMessage message, string place, Func<string, string> guard)
    {
        ChatRole role = KnownRole(message);
        if (message.Contents.FirstOrDefault(content => content is DataContent or UriContent or HostedFileContent) is { } other)
            throw new NotSupportedException($"{place} holds a {other.GetType().Name}, but the templates write text only. Leave it out, or say it in words.");
        FunctionResultContent[] results = [.. message.Contents.OfType<FunctionResultContent>()];
        if (results.Length > 0 && role != ChatRole.Tool)
            throw new NotSupportedException($"{place} holds the result of a tool, which belongs into a message of the role tool.");

        if (results.Length == 0 || message.Text.Length > 0) yield return Plain(message, role, guard);
        foreach (FunctionResultContent result in results) yield return new ChatMessage(role, guard(TextOf(result.Result)));
    }

    /// <summary>The reasoning before the text of a message, or null where the message holds none apart from its text.</summary>
    public static string? Reasoning(this ChatMessage message)
    {
        TextReasoningContent[] parts = [.. message.Contents.OfType<TextReasoningContent>()];
        return parts.Length == 0 ? null : string.Concat(parts.Select(part => part.Text));
    }

    /// <summary>The calls of tools that a message holds.</summary>
    public static IReadOnlyList<FunctionCallContent> Calls(this ChatMessage message) => [.. message.Contents.OfType<FunctionCallContent>()];

    // Texts are joined before they are guarded: two halves of a special token make the token.
    private static ChatMessage Plain(ChatMessage message, ChatRole role, Func<string, string> guard)
    {
        var plain = new ChatMessage(role, guard(message.Text));
        if (message.Reasoning() is { } reasoning) plain.Contents.Insert(0, new TextReasoningContent(guard(reasoning)));
        foreach (FunctionCallContent call in message.Calls())
            plain.Contents.Add(new FunctionCallContent(call.CallId, guard(call.Name), call.Arguments) { RawRepresentation = call.RawRepresentation });
        return plain;
    }

    private static string TextOf(object? result) => result switch
    {
        null => "",
        string text => text,
        TextContent content => content.Text,
        JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
        _ => PythonJson.Format(result),
    };
}
