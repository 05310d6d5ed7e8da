using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>The lines of a records file.</summary>
internal static class EvaluationRecordJson
{
    private const string Format = "mel.evaluation";
    private const int Version = 1;

    // The file is no page of the web: letters of all languages stand in it as they are.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteHeader(IBufferWriter<byte> output, IReadOnlyDictionary<string, string> settings) => Line(output, json =>
    {
        json.WriteNumber(Format, Version);
        json.WriteStartObject("settings");
        foreach ((string name, string value) in settings) json.WriteString(name, value);
        json.WriteEndObject();
    });

    public static void Write(IBufferWriter<byte> output, EvaluationRecord record) => Line(output, json =>
    {
        json.WriteString("question", record.Question);
        json.WriteString("digest", record.Digest);
        json.WriteNumber("sample", record.Sample);
        json.WriteNumber("temperature", record.Temperature);
        json.WriteNumber("seed", record.Seed);
        json.WriteNumber("tokens", record.Tokens);
        json.WriteString("finish", record.FinishReason.ToString());
        json.WriteString("verdict", record.Verdict.ToString());
        if (record.Score is { } score) json.WriteNumber("score", score);
        if (record.Reason is { } reason) json.WriteString("reason", reason);
        if (record.Answer is { } answer) json.WriteString("answer", answer);
        json.WriteString("text", record.Text);
    });

    public static IReadOnlyDictionary<string, string> ReadHeader(ReadOnlyMemory<byte> line, FileFault fault)
    {
        using JsonDocument document = UntrustedJson.ParseObject(line, fault);
        JsonFields fields = Fields(document, fault);
        if (!fields.Has(Format))
            throw fault($"the first line has no '{Format}', so this is no file of evaluation records; give one that an evaluation wrote.");
        if (fields.Int(Format) is not Version and var version)
            throw fault($"the records have version {version}, and this program reads version {Version}; use the version of Mel that wrote them.");
        if (fields.Find("settings") is not { ValueKind: JsonValueKind.Object } settings) throw fields.Fail("settings", "is no object with the settings.");
        return settings.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.Ordinal);
    }

    public static EvaluationRecord Read(ReadOnlyMemory<byte> line, FileFault fault)
    {
        using JsonDocument document = UntrustedJson.ParseObject(line, fault);
        JsonFields fields = Fields(document, fault);
        double? score = fields.OptionalDouble("score");
        return new EvaluationRecord
        {
            Question = Text("question"),
            Digest = fields.OptionalString("digest") ?? string.Empty,
            Sample = Count("sample"),
            Temperature = fields.OptionalDouble("temperature") ?? 0,
            Seed = fields.Find("seed") is { ValueKind: JsonValueKind.Number } seed && seed.TryGetUInt64(out ulong number) ? number : 0,
            Tokens = fields.Has("tokens") ? Count("tokens") : 0,
            FinishReason = Named<FinishReason>("finish"),
            Verdict = Named<Verdict>("verdict"),
            Score = score is null or (>= 0 and <= 1) ? score : throw fields.Fail("score", $"is {score}, expected a number within [0, 1]."),
            Reason = fields.OptionalString("reason"),
            Answer = fields.OptionalString("answer"),
            Text = Text("text"),
        };

        string Text(string name) => fields.OptionalString(name) ?? throw fields.Fail(name, "is missing, expected a string.");

        int Count(string name) => fields.Int(name) is >= 0 and var count ? count : throw fields.Fail(name, "is negative, expected a whole number from 0.");

        TEnum Named<TEnum>(string name)
            where TEnum : struct, Enum
            => Enum.GetNames<TEnum>().Contains(Text(name)) ? Enum.Parse<TEnum>(Text(name))
                : throw fields.Fail(name, $"is {Excerpt.Quoted(Text(name))}, expected one of {string.Join(", ", Enum.GetNames<TEnum>())}.");
    }

    private static JsonFields Fields(JsonDocument document, FileFault fault)
        => new(document.RootElement, (name, problem) => fault($"the field '{Excerpt.Of(name)}' {problem}"));

    private static void Line(IBufferWriter<byte> output, Action<Utf8JsonWriter> write)
    {
        using (Utf8JsonWriter json = new(output, Plain))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }
}
