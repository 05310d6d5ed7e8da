using System.Text.Json;
using Mel.Verifiers;

namespace AuditVerifier;

/// <summary>One line of the file, and what the verifier made of it.</summary>
internal sealed record AuditRow(int Line, string Gold, string Response, string? Question, bool? Second)
{
    public MathVerification? Result { get; set; }

    /// <summary>Reads a line; null when it is no object with the two columns.</summary>
    public static AuditRow? Read(int line, string json, AuditOptions options)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Text(document.RootElement, options.Gold) is { } gold && Text(document.RootElement, options.Response) is { } response
                ? new AuditRow(line, gold, response, options.Question is null ? null : Text(document.RootElement, options.Question), options.Second is null ? null : Flag(document.RootElement, options.Second))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement row, string name) => row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out JsonElement value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;

    private static bool? Flag(JsonElement row, string name) => !row.TryGetProperty(name, out JsonElement value) ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => value.GetDouble() > 0,
        _ => null,
    };
}
