using System.Text.Json;
using System.Text.Json.Serialization;

namespace Mel.Samples.Study;

/// <summary>One run of the study: a line of a file of rows. Shares are in [0, 1], seconds are those of the processor.</summary>
internal sealed record RunRow
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public required string Part { get; init; }

    public required string Arm { get; init; }

    public required string World { get; init; }

    public required ulong Seed { get; init; }

    public required int Steps { get; init; }

    /// <summary>The <see cref="Study.Arm.Settings"/> the run was made with.</summary>
    public required string Settings { get; init; }

    /// <summary>Begins the SHA-256 of the weights the run started from.</summary>
    public required string Weights { get; init; }

    /// <summary>Steps after which the model was evaluated, 0 before the first; empty in a row that only measures cost.</summary>
    public required IReadOnlyList<int> EvaluatedSteps { get; init; }

    /// <summary>Share of held-out questions solved at T = 0, one for each of <see cref="EvaluatedSteps"/>.</summary>
    public required IReadOnlyList<double> Greedy { get; init; }

    /// <summary>Steps after which questions were answered eight times at T = 0.6.</summary>
    public IReadOnlyList<int> SampledSteps { get; init; } = [];

    public IReadOnlyList<double> AverageAt8 { get; init; } = [];

    public IReadOnlyList<double> PassAt8 { get; init; } = [];

    /// <summary>Share of right attempts of each step.</summary>
    public required IReadOnlyList<double> Reward { get; init; }

    /// <summary>Seconds of training so far at every fifth step, evaluations left out.</summary>
    public required IReadOnlyList<double> Seconds { get; init; }

    /// <summary>Share of the written meta-experiences that their replay proved, step by step; null where the arm proves none.</summary>
    public IReadOnlyList<double?>? Retention { get; init; }

    /// <summary>Share of the step's heuristics that are true; null where the arm writes none.</summary>
    public IReadOnlyList<double?>? Truth { get; init; }

    /// <summary>Keys that the memory believes something of, at every fifth step; null where the arm has no memory.</summary>
    public IReadOnlyList<int>? Trusted { get; init; }

    /// <summary>Share of those beliefs that are true.</summary>
    public IReadOnlyList<double?>? TrustedTruth { get; init; }

    /// <summary>Figures of the gradients by name, at every tenth step; null where nobody looked.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<double>>? Probe { get; init; }

    public string ToLine() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="JsonException">The line is no row.</exception>
    public static RunRow Parse(string line) => JsonSerializer.Deserialize<RunRow>(line, Json) ?? throw new JsonException("The line is null.");
}
