using System.Text.Json;
using Mel.Checkpoints;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Reads and writes the weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> lists.</summary>
internal static class ModelWeights
{
    public const string FileName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";
    private const long MaxIndexBytes = 100_000_000;

    /// <summary>
    /// Fills every parameter and returns the element type each is stored in. A tensor that belongs to no parameter is an error, since ignoring it would
    /// change what the model computes.
    /// </summary>
    public static IReadOnlyDictionary<string, ScalarType> Read(string folder, ModelConfig config, WeightStore weights)
    {
        var stored = new Dictionary<string, ScalarType>(StringComparer.Ordinal);
        foreach (var (path, names) in Files(folder))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in names ?? file.Entries.Keys)
            {
                if (IsRedundant(name, config)) continue;
                if (weights.Find(name) is not { } parameter)
                    throw new CheckpointException(path, name, $"the file holds a tensor that a {config.Family} model of this configuration does not have; " +
                        "config.json and weights do not belong together.");
                file.ReadInto(name, parameter);
                stored[name] = file.Entries[name].DataType;
            }
        }

        if (weights.Parameters.Keys.FirstOrDefault(name => !stored.ContainsKey(name)) is { } missing)
            throw new CheckpointException(Path.Combine(folder, FileName), missing, "the checkpoint does not hold it; expected all " +
                $"{weights.Parameters.Count} tensors of a {config.Family} model with {config.Layers} layers.");
        return stored;
    }

    /// <summary>Writes the parameters to <c>model.safetensors</c>, each in the element type given for it.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, Tensor> parameters, Func<string, ScalarType> typeOf)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(folder, FileName), parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.detach().to_type(typeOf(p.Key)))));
    }

    // Old files store the rotary frequencies; a tied checkpoint may store the head as well. Both follow from the rest.
    private static bool IsRedundant(string name, ModelConfig config)
        => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal) || (config.TiedEmbeddings && name == ParameterLayout.Head);

    // null for the names stands for everything in the file.
    private static IEnumerable<(string Path, IReadOnlyCollection<string>? Names)> Files(string folder)
    {
        string single = Path.Combine(folder, FileName), index = Path.Combine(folder, IndexName);
        if (File.Exists(single)) return [(single, null)];
        if (File.Exists(index)) return Shards(folder, index);
        throw new CheckpointException(
            single, null, $"the file does not exist, nor does {IndexName} beside it; give a folder that holds the weights as safetensors.");
    }

    private static IEnumerable<(string Path, IReadOnlyCollection<string>? Names)> Shards(string folder, string index)
    {
        if (new FileInfo(index).Length is var bytes and > MaxIndexBytes)
            throw new CheckpointException(index, null, $"the file has {bytes} bytes, expected at most {MaxIndexBytes}.");
        var shards = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(index), new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (JsonProperty entry in document.RootElement.GetProperty("weight_map").EnumerateObject())
            {
                string shard = entry.Value.GetString()!;
                if (shard.Length == 0 || shard.AsSpan().ContainsAny('/', '\\', ':') || shard is "." or "..")
                    throw new CheckpointException(index, entry.Name, $"it is said to lie in '{shard}', expected the name of a file in the same folder.");
                if (!shards.TryGetValue(shard, out List<string>? names)) shards.Add(shard, names = []);
                names.Add(entry.Name);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or NullReferenceException)
        {
            throw new CheckpointException(index, null, $"the file is no index of shards, an object with 'weight_map' from tensor to file ({e.Message}).", e);
        }

        return shards.Select(s => (Path.Combine(folder, s.Key), (IReadOnlyCollection<string>?)s.Value));
    }
}
