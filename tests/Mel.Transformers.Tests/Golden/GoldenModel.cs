using System.Text.Json;
using Mel.Checkpoints;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>One folder below golden/models: a checkpoint, the numbers of the reference implementation, and the model loaded from it in float32.</summary>
internal sealed class GoldenModel : IDisposable
{
    private readonly JsonDocument _json;

    public GoldenModel(string folder, TestDevice device, ScalarType dataType = ScalarType.Float32)
    {
        device.Use();
        Folder = folder;
        set_num_threads(1);
        _json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        Tensors = SafetensorsFile.Open(Path.Combine(folder, "golden.safetensors"));
        Model = device.Run(DecoderModel.Load(folder, dataType, device.Device));
    }

    public static IReadOnlyList<string> Folders => [.. ReferenceData.Folders("golden/models").Where(f => File.Exists(Path.Combine(f, "golden.json")))];

    /// <summary>Every folder on every device.</summary>
    public static IEnumerable<TestFixtureData> Fixtures => from folder in Folders from device in TestDevice.All select new TestFixtureData(folder, device);

    public string Folder { get; }

    public DecoderModel Model { get; }

    public SafetensorsFile Tensors { get; }

    public JsonElement this[string key] => _json.RootElement.GetProperty(key);

    public static int[] Ints(JsonElement list) => [.. list.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? -1 : e.GetInt32())];

    public static float[] Floats(JsonElement list) => [.. list.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.Null ? float.NaN : e.GetSingle())];

    public static int[][] IntRows(JsonElement rows) => [.. rows.EnumerateArray().Select(Ints)];

    public static float[][] FloatRows(JsonElement rows) => [.. rows.EnumerateArray().Select(Floats)];

    /// <summary>The rows of a padded block without their padding.</summary>
    public static (int[][] Rows, int[] Offsets) Unpadded(JsonElement block)
    {
        int[][] ids = IntRows(block.GetProperty("input_ids")), mask = IntRows(block.GetProperty("attention_mask"));
        return ([.. ids.Select((row, i) => row.Where((_, t) => mask[i][t] == 1).ToArray())], [.. mask.Select(m => Array.IndexOf(m, 1))]);
    }

    public static ReadOnlyMemory<int>[] Memory(int[][] rows) => [.. rows.Select(r => (ReadOnlyMemory<int>)r)];

    public void Dispose()
    {
        TestDevice.Reset();
        Model.Dispose();
        Tensors.Dispose();
        _json.Dispose();
    }
}
