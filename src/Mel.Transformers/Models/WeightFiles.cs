using System.Text.Json;
using Mel.Checkpoints;
using Mel.Runtime;

namespace Mel.Transformers.Models;

/// <summary>Which files of a folder hold its weights: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> lists.</summary>
internal static class WeightFiles
{
    public const string Single = "model.safetensors";
    public const string Index = "model.safetensors.index.json";

    private const string NoIndex = "the file is no index of shards, an object with 'weight_map' from tensor to file.";

    // What other programs keep weights in, and what is said of a folder that has nothing else.
    private static readonly (string Ending, string What)[] Others =
    [
        (".gguf", "a GGUF file, which is not read"),
        (".bin", "a PyTorch file (pickle), which is never opened"),
        (".pth", "a PyTorch file (pickle), which is never opened"),
        (".pt", "a PyTorch file (pickle), which is never opened"),
        (".ckpt", "a PyTorch file (pickle), which is never opened"),
        (".msgpack", "a Flax file, which is not read"),
        (".h5", "a TensorFlow file, which is not read"),
        (".onnx", "an ONNX file, which is not read"),
        (".safetensors", "a safetensors file of another name"),
    ];

    /// <summary>The files with the names listed for each; null stands for everything in the file.</summary>
    public static IReadOnlyList<(string Path, IReadOnlyCollection<string>? Names)> Of(string folder)
    {
        string single = Path.Combine(folder, Single), index = Path.Combine(folder, Index);
        if (Path.Exists(index))
        {
            IReadOnlyList<(string Path, IReadOnlyCollection<string>? Names)> shards = Shards(folder, index);
            if (Path.Exists(single) && shards.Any(shard => shard.Path != single))
                throw new CheckpointException(index, null,
                    $"the folder has this index of other files and {Single}, and one of the two is stale; remove or rename the one that is.");
            return shards;
        }

        if (Path.Exists(single)) return [(single, null)];
        throw new CheckpointException(single, null, $"the file does not exist, nor does {Index} beside it; {Instead(folder)}");
    }

    private static string Instead(string folder)
    {
        IEnumerable<string> files = Directory.Exists(folder) ? Directory.EnumerateFiles(folder) : [];
        string[] names = [.. files.Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (names.Contains("adapter_config.json"))
            return "the folder holds an adapter: load the model it belongs to, and then the adapter with LoadLora.";
        foreach (var (ending, what) in Others)
        {
            if (names.FirstOrDefault(name => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) is { } found)
            {
                return $"the folder holds {Excerpt.Quoted(found)}, {what}. Give a folder that holds the weights as safetensors, as 'save_pretrained' of " +
                    "transformers writes it.";
            }
        }

        return "give a folder that holds the weights as safetensors.";
    }

    private static IReadOnlyList<(string Path, IReadOnlyCollection<string>? Names)> Shards(string folder, string index)
    {
        var shards = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        using JsonDocument document = UntrustedJson.Parse(RegularFile.Read(index, FileLimits.IndexBytes, Fault), Fault);
        JsonElement root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("weight_map", out JsonElement map) || map.ValueKind != JsonValueKind.Object)
            throw Fault(NoIndex);
        foreach (JsonProperty entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.String) throw Fault(NoIndex);
            string shard = entry.Value.GetString()!;
            if (shard.Length == 0 || shard.AsSpan().ContainsAny("/\\:\0") || shard is "." or "..")
                throw new CheckpointException(
                    index, entry.Name, $"it is said to lie in {Excerpt.Quoted(shard)}, expected the name of a file in the same folder.");
            if (!shards.TryGetValue(shard, out List<string>? names)) shards.Add(shard, names = []);
            names.Add(entry.Name);
        }

        return [.. shards.Select(s => (Path.Combine(folder, s.Key), (IReadOnlyCollection<string>?)s.Value))];

        CheckpointException Fault(string problem, Exception? inner = null) => new(index, null, problem, inner);
    }
}
