using System.Text.Json;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>One folder below golden/families: a tiny checkpoint of a family, and the numbers of transformers.</summary>
internal sealed class FamilyModel : IDisposable
{
    private readonly JsonDocument _json;

    public FamilyModel(string folder, TestDevice device)
    {
        device.Use();
        set_num_threads(1);
        _json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        Policy = TransformerPolicy.Load(folder, new NumberTokenizer(), null, new TransformerPolicyOptions { Device = device.Device, StopTokenIds = [] });
        device.Run(Policy.Model);
    }

    public static IReadOnlyList<string> Folders => [.. ReferenceData.Folders("golden/families").Where(f => File.Exists(Path.Combine(f, "expected.json")))];

    /// <summary>Every folder on every device; mixtures of experts are not built.</summary>
    public static IEnumerable<TestFixtureData> Fixtures
        => from folder in Folders
           where !folder.EndsWith("-moe", StringComparison.Ordinal)
           from device in TestDevice.All
           select new TestFixtureData(folder, device) { TestName = $"{Path.GetFileName(folder)} on {device}" };

    public TransformerPolicy Policy { get; }

    public JsonElement this[string key] => _json.RootElement.GetProperty(key);

    /// <summary>The rows as sequences of one token of context, with the log-probabilities of the others.</summary>
    public static (TokenBatch Batch, float[][] LogProbs) Rows(JsonElement rows)
    {
        JsonElement[] list = [.. rows.EnumerateArray()];
        TokenSequence[] sequences =
        [
            .. list.Select(row => GoldenModel.Ints(row.GetProperty("ids"))).Select(ids => new TokenSequence(ids.AsMemory(0, 1), ids.AsMemory(1))),
        ];
        return (new TokenBatch(sequences), [.. list.Select(row => GoldenModel.Floats(row.GetProperty("token_logprobs")))]);
    }

    public void Dispose()
    {
        TestDevice.Reset();
        Policy.Dispose();
        _json.Dispose();
    }
}
