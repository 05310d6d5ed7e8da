using System.Text.Json;
using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Reads and writes the weights of a model folder: <c>model.safetensors</c>, or the shards that <c>model.safetensors.index.json</c> lists.</summary>
internal static class ModelWeights
{
    public const string FileName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";

    private const string NoIndex = "the file is no index of shards, an object with 'weight_map' from tensor to file.";

    /// <summary>
    /// The files of a folder with the tensors to read from each, once the headers are found to hold the tensors of the configuration, in their shapes: what a
    /// few bytes of configuration claim is not built before. A tensor that belongs to no parameter is an error, since ignoring it would change what the model
    /// computes.
    /// </summary>
    public static IReadOnlyList<StoredTensors> Find(string folder, ModelConfig config)
    {
        Dictionary<string, long[]> expected = ParameterLayout.Of(config).ToDictionary(spec => spec.Name, spec => spec.Shape, StringComparer.Ordinal);
        HashSet<string> missing = [.. expected.Keys];
        var found = new List<StoredTensors>();
        foreach (var (path, listed) in Files(folder))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            string[] names = [.. (listed ?? file.Entries.Keys).Where(name => !IsRedundant(name, config))];
            foreach (string name in names)
            {
                if (!expected.TryGetValue(name, out long[]? shape))
                    throw new CheckpointException(path, name, $"the file holds a tensor that a {config.Family} model of this configuration does not have; " +
                        "config.json and weights do not belong together.");
                file.RequireShape(name, shape);
                missing.Remove(name);
            }

            found.Add(new StoredTensors(path, names));
        }

        if (missing.Count > 0)
            throw new CheckpointException(Path.Combine(folder, FileName), expected.Keys.First(missing.Contains), "the checkpoint does not hold it; " +
                $"expected all {expected.Count} tensors of a {config.Family} model with {config.Layers} layers.");
        return found;
    }

    /// <summary>Fills every parameter and returns the element type each is stored in.</summary>
    public static IReadOnlyDictionary<string, ScalarType> Read(IReadOnlyList<StoredTensors> found, WeightStore weights)
    {
        var stored = new Dictionary<string, ScalarType>(StringComparer.Ordinal);
        foreach (var (path, names) in found)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in names)
            {
                file.ReadInto(name, weights[name]);
                stored[name] = file.Entries[name].DataType;
            }
        }

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
        if (Path.Exists(single)) return [(single, null)];
        if (Path.Exists(index)) return Shards(folder, index);
        throw new CheckpointException(
            single, null, $"the file does not exist, nor does {IndexName} beside it; give a folder that holds the weights as safetensors.");
    }

    private static IEnumerable<(string Path, IReadOnlyCollection<string>? Names)> Shards(string folder, string index)
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

        return shards.Select(s => (Path.Combine(folder, s.Key), (IReadOnlyCollection<string>?)s.Value));

        CheckpointException Fault(string problem, Exception? inner = null) => new(index, null, problem, inner);
    }
}

/// <summary>Tensors of one file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Names">Their names.</param>
internal sealed record StoredTensors(string Path, IReadOnlyList<string> Names);
