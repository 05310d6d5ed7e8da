using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Reads and writes the weights of a model folder.</summary>
internal static class ModelWeights
{
    public const string FileName = WeightFiles.Single;
    public const string IndexName = WeightFiles.Index;

    /// <summary>
    /// The tensors of a folder, once the headers are found to hold those of the configuration, in their shapes: what a few bytes of configuration claim is not
    /// built before. A tensor that belongs to no parameter is an error, since ignoring it would change what the model computes.
    /// </summary>
    public static FoundWeights Find(string folder, ModelConfig config)
    {
        Dictionary<string, long[]> expected = ParameterLayout.Of(config).ToDictionary(spec => spec.Name, spec => spec.Shape, StringComparer.Ordinal);
        if (config.TiedEmbeddings) expected.Add(ParameterLayout.Head, expected[ParameterLayout.Embedding]);
        var found = new Dictionary<string, StoredTensor>(StringComparer.Ordinal);
        var notices = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (path, listed) in WeightFiles.Of(folder))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string stored in (listed ?? file.Entries.Keys).Where(name => !IsRedundant(name)))
            {
                (string name, string? notice) = StoredNames.ParameterOf(stored, expected.ContainsKey);
                if (notice is not null) notices.Add(notice);
                if (!expected.TryGetValue(name, out long[]? shape))
                    throw new CheckpointException(path, stored, $"the file holds a tensor that a {config.Family} model of this configuration does not have; " +
                        "config.json describes another model, or the file holds a part that is not built.");
                file.RequireShape(stored, shape);
                RequireNumbers(file, stored);
                if (!found.TryAdd(name, new StoredTensor(path, stored, file.Entries[stored].DataType)))
                    throw new CheckpointException(path, stored, $"the folder holds this parameter a second time, as {Excerpt.Quoted(found[name].Name, 200)} " +
                        $"of {Path.GetFileName(found[name].Path)}; remove one of the two.");
            }
        }

        StoredTensor? secondHead = null;
        if (config.TiedEmbeddings && found.Remove(ParameterLayout.Head, out StoredTensor? head))
        {
            if (found.TryAdd(ParameterLayout.Embedding, head)) notices.Add("The file holds the tied embedding only under the name of the head; it is both.");
            else secondHead = head;
        }

        string[] missing = [.. ParameterLayout.Of(config).Select(spec => spec.Name).Where(name => !found.ContainsKey(name))];
        if (missing.Length > 0)
            throw new CheckpointException(Path.Combine(folder, FileName), missing[0], $"the checkpoint does not hold it, nor {missing.Length - 1} others; " +
                $"expected all {found.Count + missing.Length} tensors of a {config.Family} model with {config.Layers} layers.");
        return new FoundWeights(found, secondHead, [.. notices]);
    }

    /// <summary>Fills every parameter.</summary>
    public static void Read(FoundWeights found, WeightStore weights)
    {
        foreach (IGrouping<string, KeyValuePair<string, StoredTensor>> group in found.Tensors.GroupBy(tensor => tensor.Value.Path))
        {
            using SafetensorsFile file = SafetensorsFile.Open(group.Key);
            foreach (var (name, stored) in group) file.ReadInto(stored.Name, weights[name]);
        }

        if (found.SecondHead is { } head) RequireSame(head, weights[ParameterLayout.Embedding]);
    }

    /// <summary>Writes the parameters to <c>model.safetensors</c>, each in the element type given for it.</summary>
    public static void Write(string folder, IReadOnlyDictionary<string, Tensor> parameters, Func<string, ScalarType> typeOf)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(folder, FileName), parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.detach().to_type(typeOf(p.Key)))));
    }

    // Old files store the rotary frequencies, which follow from the configuration.
    private static bool IsRedundant(string name) => name.EndsWith("rotary_emb.inv_freq", StringComparison.Ordinal);

    // Whole numbers are quantized weights, whose factors lie elsewhere.
    private static void RequireNumbers(SafetensorsFile file, string name)
    {
        ScalarType type = file.Entries[name].DataType;
        if (type is not (ScalarType.Float32 or ScalarType.BFloat16 or ScalarType.Float16 or ScalarType.Float64))
            throw new CheckpointException(file.Path, name,
                $"it is stored as {type}, expected bfloat16, float16, float32 or float64; quantized weights are not read.");
    }

    private static void RequireSame(StoredTensor head, Tensor embedding)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(head.Path);
        Tensor stored = file.Read(head.Name, embedding.dtype).to(embedding.device);
        if (!stored.eq(embedding).all().item<bool>())
            throw new CheckpointException(head.Path, head.Name, "it differs from the embedding, although config.json says that the two are one " +
                "('tie_word_embeddings' is true); set it to false if the model was trained with a head of its own, or remove the tensor.");
    }
}

/// <summary>The tensors of a folder.</summary>
/// <param name="Tensors">The stored tensor of every parameter.</param>
/// <param name="SecondHead">The head of a tied checkpoint that stores it beside the embedding, or null.</param>
/// <param name="Notices">What was taken otherwise than the files have it.</param>
internal sealed record FoundWeights(IReadOnlyDictionary<string, StoredTensor> Tensors, StoredTensor? SecondHead, IReadOnlyList<string> Notices)
{
    /// <summary>Element type that each parameter is stored in.</summary>
    public IReadOnlyDictionary<string, ScalarType> Types => Tensors.ToDictionary(tensor => tensor.Key, tensor => tensor.Value.DataType, StringComparer.Ordinal);
}

/// <summary>A tensor in a file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">Its name there.</param>
/// <param name="DataType">Its element type.</param>
internal sealed record StoredTensor(string Path, string Name, ScalarType DataType);
