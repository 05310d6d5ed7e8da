using System.Text.Json;
using Mel.Verifiers;

namespace AuditVerifier;

/// <summary>One line of the file, and what the verifier made of it.</summary>
internal sealed record AuditRow(int Line, string Gold, string Response, string? Question, bool? Second)
{
    public MathVerification? Result { get; set; }

    /// <summary>Why the gold cannot be read; null when it can.</summary>
    public string? GoldFault { get; set; }

    /// <summary>Reads a line; null when it is no object with the two columns.</summary>
    public static AuditRow? Read(int line, string json, AuditOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement row = document.RootElement;
            if (Text(row, options.Gold) is not { } gold || Text(row, options.Response) is not { } response) return null;
            string? question = options.Question is null ? null : Text(row, options.Question);
            return new AuditRow(line, gold, response, question, options.Second is null ? null : Flag(row, options.Second));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement row, string name)
    {
        if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out JsonElement value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        };
    }

    private static bool? Flag(JsonElement row, string name) => !row.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble() > 0,
        _ => null,
    };
}
