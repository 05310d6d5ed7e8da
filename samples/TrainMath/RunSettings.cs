using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mel.Runtime;

namespace Mel.Samples.TrainMath;

/// <summary>The configuration of a run: an option of the command line each, by the same name. It lies beside the run as <c>run.json</c>.</summary>
internal sealed record RunSettings
{
    public const string FileName = "run.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Model { get; init; }

    public required string Data { get; init; }

    public string Split { get; init; } = "train";

    public string? PromptColumn { get; init; }

    public string? AnswerColumn { get; init; }

    public int? Limit { get; init; }

    public string Instruction { get; init; } = MathPrompts.Boxed;

    public string? System { get; init; }

    public required string Objective { get; init; }

    public bool NoMetaExperience { get; init; }

    public double Kl { get; init; }

    public int Steps { get; init; }

    public int Prompts { get; init; }

    public int Group { get; init; }

    public int MiniBatch { get; init; }

    public int MaxTokens { get; init; }

    public double Temperature { get; init; }

    public double LearningRate { get; init; }

    public string Schedule { get; init; } = "constant";

    public int Warmup { get; init; }

    public ulong Seed { get; init; }

    public string Weights { get; init; } = "float32";

    public string Device { get; init; } = "cpu";

    public int Lora { get; init; }

    public bool Recompute { get; init; }

    public int MicroBatchTokens { get; init; }

    public string? Eval { get; init; }

    public int EvalEvery { get; init; }

    public int EvalSamples { get; init; }

    public int? EvalLimit { get; init; }

    public bool KeepBest { get; init; }

    public int? EarlyStop { get; init; }

    public int CheckpointEvery { get; init; }

    public double? CheckpointMinutes { get; init; }

    public int? RecordsEvery { get; init; }

    public int? SamplesEvery { get; init; }

    public string SaveType { get; init; } = "stored";

    /// <summary>A folder of the run's own, where the command line names none.</summary>
    public string NewFolder(DateTime now) => Path.Combine(
        "runs",
        $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(Model))}-{Objective}-{now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}");

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>The command line that a configuration stands for, without the options that are given anyway.</summary>
    /// <exception cref="WrongOptionException">The file is no configuration.</exception>
    public static IEnumerable<string> ReadArguments(string path, Func<string, bool> isGiven)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                throw new WrongOptionException($"--from is '{path}', expected a JSON object with options by name.");
            return
            [
                .. from property in json.RootElement.EnumerateObject()
                   where !isGiven("--" + property.Name) && property.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)
                   select property.Value.ValueKind == JsonValueKind.True ? "--" + property.Name : $"--{property.Name}={property.Value}",
            ];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new WrongOptionException($"--from is '{path}', expected the {FileName} of a run: {e.Message}");
        }
    }
}
