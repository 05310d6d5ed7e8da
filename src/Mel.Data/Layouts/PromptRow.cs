using System.Globalization;
using System.Text.Json;
using Mel.Prompts;
using Mel.Runtime;
using Microsoft.Extensions.AI;

namespace Mel.Data.Layouts;

/// <summary>What a layout reads from a row: question, answer and name, each of which may be absent.</summary>
/// <param name="Id">The name.</param>
/// <param name="Text">The question, or the last turn of the user.</param>
/// <param name="Messages">The turns, where there is more than one of the user.</param>
/// <param name="Answer">The reference answer.</param>
/// <param name="Metadata">Further columns.</param>
internal sealed record PromptRow(string? Id, string? Text, IReadOnlyList<ChatMessage>? Messages, string? Answer, IReadOnlyDictionary<string, string> Metadata)
{
    private const int MostMessages = 1024;

    private const NumberStyles Digits = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>Whether question or answer is absent or blank.</summary>
    public bool IsEmpty => string.IsNullOrWhiteSpace(Text) || string.IsNullOrWhiteSpace(Answer);

    /// <summary>Everything that is asked, for comparisons.</summary>
    public string Asked => Messages is null ? Text ?? "" : string.Join('\n', Messages.Select(m => m.Text));

    /// <summary>Reads a row.</summary>
    /// <param name="row">A JSON object.</param>
    /// <param name="layout">Where things are.</param>
    /// <param name="fault">Makes the exception for a row of another layout.</param>
    public static PromptRow Read(JsonElement row, DataLayout layout, FileFault fault)
    {
        (string? text, List<ChatMessage>? messages) = layout.TextPath.Find(row) switch
        {
            null => (null, null),
            { ValueKind: JsonValueKind.Array } turns => Turns(turns, layout, fault),
            { } value => (Plain(value, layout.Text, fault), (List<ChatMessage>?)null),
        };
        string? answer = layout.AnswerPath.Find(row) is { } found ? Answered(Plain(found, layout.Answer, fault), layout, fault) : null;
        if ((text is null && !Has(row, layout.TextPath)) || (answer is null && !Has(row, layout.AnswerPath)))
        {
            string columns = string.Join(", ", row.EnumerateObject().Take(20).Select(p => Excerpt.Of(p.Name)));
            throw fault(
                $"the layout '{Excerpt.Of(layout.Name)}' expects a question in '{layout.Text}' and an answer in '{layout.Answer}'; the columns are: "
                + $"{(columns.Length > 0 ? columns : "none")}. Name another layout, or say with {nameof(DataLayout)} which columns hold them.");
        }

        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        foreach (string name in layout.Metadata)
        {
            if (ColumnPath.Parse(name).Find(row) is not { } value) continue;
            metadata[name] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }

        string? id = layout.IdPath.Find(row) is { ValueKind: JsonValueKind.String or JsonValueKind.Number } name2 ? Plain(name2, layout.Id, fault) : null;
        return new PromptRow(string.IsNullOrWhiteSpace(id) ? null : id, text, messages, answer, metadata);
    }

    /// <summary>The prompt.</summary>
    /// <param name="id">Its name.</param>
    public Prompt ToPrompt(string id) => (Messages, Metadata.Count) switch
    {
        (null, 0) => new Prompt(id, Text!, Answer!),
        (null, _) => new Prompt(id, Text!, Answer!) { Metadata = Metadata },
        _ => new Prompt(id, Text!, Answer!) { Messages = Messages!, Metadata = Metadata },
    };

    private static bool Has(JsonElement row, ColumnPath path) => path.Columns.Any(c => row.TryGetProperty(c, out _));

    private static (string? Text, List<ChatMessage>? Messages) Turns(JsonElement turns, DataLayout layout, FileFault fault)
    {
        if (turns.GetArrayLength() > MostMessages)
            throw fault($"'{layout.Text}' has {turns.GetArrayLength():N0} messages, but at most {MostMessages:N0} are read.");
        List<ChatMessage> messages = [];
        foreach (JsonElement turn in turns.EnumerateArray())
        {
            if (turn.ValueKind != JsonValueKind.Object || !turn.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String)
                throw fault($"'{layout.Text}' is a list, but not of messages with a 'role' and a 'content'.");
            string content = turn.TryGetProperty("content", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
            messages.Add(new ChatMessage(new ChatRole(role.GetString()!), content));
        }

        string? question = messages.FindLast(m => m.Role == ChatRole.User)?.Text;
        return messages is [{ } only] && only.Role == ChatRole.User ? (question, null) : (question, messages.Count == 0 ? null : messages);
    }

    private static string Plain(JsonElement value, string place, FileFault fault) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        var kind => throw fault($"'{place}' is a JSON {UntrustedJson.NameOf(kind)}, but a text or a number is expected."),
    };

    private static string Answered(string answer, DataLayout layout, FileFault fault)
    {
        if (layout.AnswerAfter is { Length: > 0 } mark && !string.IsNullOrWhiteSpace(answer))
        {
            int at = answer.LastIndexOf(mark, StringComparison.Ordinal);
            if (at < 0)
            {
                string end = Excerpt.Of(answer[^Math.Min(answer.Length, 60)..]);
                throw fault($"'{layout.Answer}' has no '{mark}', behind which the answer is expected; it ends in '{end}'.");
            }

            answer = answer[(at + mark.Length)..];
        }

        answer = answer.Trim();
        if (layout.HasDollars) answer = answer.Trim('$');
        if (layout.HasSeparators) answer = answer.Replace(",", "", StringComparison.Ordinal);
        return layout.HasWholeNumbers && answer.Contains('.', StringComparison.Ordinal)
            && decimal.TryParse(answer, Digits, CultureInfo.InvariantCulture, out decimal number) && number == decimal.Truncate(number)
            ? decimal.Truncate(number).ToString(CultureInfo.InvariantCulture)
            : answer;
    }
}
