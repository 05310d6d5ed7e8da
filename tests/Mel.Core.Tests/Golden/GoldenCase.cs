using System.Text.Json;
using static TorchSharp.torch;

namespace Mel.Core.Tests.Golden;

/// <summary>One case of a golden file: inputs and parameters of a reference function, and what it gave.</summary>
public sealed class GoldenCase(JsonElement json)
{
    private static readonly JsonSerializerOptions Numbers = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public string Name { get; } = json.GetProperty("name").GetString()!;

    public string Function { get; } = json.GetProperty("function").GetString()!;

    public double RelativeTolerance { get; } = json.GetProperty("tolerance").GetProperty("rtol").GetDouble();

    public double AbsoluteTolerance { get; } = json.GetProperty("tolerance").GetProperty("atol").GetDouble();

    public bool Has(string input) => json.GetProperty("inputs").TryGetProperty(input, out JsonElement element) && element.ValueKind == JsonValueKind.Object;

    public GoldenTensor Input(string name) => TensorOf(json.GetProperty("inputs").GetProperty(name));

    public Tensor Tensor(string name, bool requiresGrad = false) => Input(name).ToTensor(requiresGrad);

    public double Number(string name, double fallback = double.NaN) => Parameter(name) is { ValueKind: JsonValueKind.Number } p ? p.GetDouble() : fallback;

    public double? NumberOrNull(string name) => Parameter(name) is { ValueKind: JsonValueKind.Number } p ? p.GetDouble() : null;

    public string Text(string name, string fallback = "") => Parameter(name) is { ValueKind: JsonValueKind.String } p ? p.GetString()! : fallback;

    public bool Flag(string name) => Parameter(name) is { ValueKind: JsonValueKind.True };

    public double[]? Numbers1(string name) => Parameter(name) is { ValueKind: JsonValueKind.Array } p ? p.Deserialize<double[]>(Numbers) : null;

    public bool Expects(string name) => json.GetProperty("expected").TryGetProperty(name, out JsonElement e) && e.ValueKind != JsonValueKind.Null;

    /// <summary>Every expected value by name, flattened; the metrics of a loss as <c>metrics/name</c>. A null expects nothing.</summary>
    public IEnumerable<(string Name, double[] Values)> Expected()
    {
        foreach (JsonProperty property in json.GetProperty("expected").EnumerateObject())
        {
            JsonElement value = property.Value;
            if (value.ValueKind == JsonValueKind.Null) continue;
            if (value.ValueKind == JsonValueKind.Array) yield return (property.Name, value.Deserialize<double[]>(Numbers)!);
            else if (value.ValueKind != JsonValueKind.Object) yield return (property.Name, [value.Deserialize<double>(Numbers)]);
            else if (value.TryGetProperty("shape", out _)) yield return (property.Name, TensorOf(value).Data);
            else foreach (JsonProperty metric in value.EnumerateObject()) yield return ($"{property.Name}/{metric.Name}", [metric.Value.Deserialize<double>(Numbers)]);
        }
    }

    private JsonElement? Parameter(string name) => json.GetProperty("params").TryGetProperty(name, out JsonElement p) ? p : null;

    private static GoldenTensor TensorOf(JsonElement element) => new(
        element.GetProperty("shape").Deserialize<long[]>()!, element.GetProperty("dtype").GetString()!, element.GetProperty("data").Deserialize<double[]>(Numbers)!);
}
