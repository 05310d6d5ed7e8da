using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// The parameters of a model by their Hugging Face names. Query, key and value weights of a layer lie one after another in one block of memory, and so do gate
/// and up: inference multiplies by the whole block at once, while training sees the parts, which share that memory.
/// </summary>
internal sealed class WeightStore : IDisposable
{
    private readonly OrderedDictionary<string, Tensor> _parameters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tensor> _blocks = new(StringComparer.Ordinal);

    /// <summary>Allocates the parameters of a model; their content is not set.</summary>
    public WeightStore(ModelConfig config, ScalarType dataType, Device device)
    {
        using var noGrad = no_grad();
        long queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        foreach (ParameterSpec spec in ParameterLayout.Of(config))
        {
            Tensor parameter = BlockOf(spec.Name) switch
            {
                null => empty(spec.Shape, dtype: dataType, device: device),
                var (block, part) => Part(block, spec, part switch { "q" or "gate" => 0, "k" => queries, "v" => queries + keys, _ => config.IntermediateSize },
                    part is "gate" or "up" ? 2L * config.IntermediateSize : queries + 2 * keys, dataType, device),
            };
            _parameters.Add(spec.Name, parameter.DetachFromDisposeScope());
        }
    }

    /// <summary>Every parameter once, in the order of the forward pass.</summary>
    public OrderedDictionary<string, Tensor> Parameters => _parameters;

    public Tensor this[string name] => _parameters[name];

    /// <summary>The parameter, or null where the model has none of this name.</summary>
    public Tensor? Find(string name) => _parameters.GetValueOrDefault(name);

    /// <summary>The block of query, key and value or of gate and up: <c>...self_attn.qkv_proj.weight</c>, <c>...mlp.gate_up_proj.weight</c>.</summary>
    /// <remarks>Some families store a block as one parameter.</remarks>
    public Tensor? FindBlock(string name) => _blocks.GetValueOrDefault(name) ?? Find(name);

    /// <inheritdoc cref="FindBlock"/>
    public Tensor Block(string name) => FindBlock(name) ?? throw new KeyNotFoundException($"The model has no block '{name}'.");

    /// <summary>A matrix with its bias, where it has one.</summary>
    public Projection Projection(string name) => new(name, this[name + ".weight"], Find(name + ".bias"));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor tensor in _parameters.Values)
        {
            tensor.grad?.Dispose();
            tensor.Dispose();
        }

        foreach (Tensor block in _blocks.Values) block.Dispose();
    }

    private static (string Block, string Part)? BlockOf(string name)
    {
        foreach (string part in (ReadOnlySpan<string>)["q", "k", "v"])
        {
            if (name.Contains($".{part}_proj.", StringComparison.Ordinal))
                return (name.Replace($".{part}_proj.", ".qkv_proj.", StringComparison.Ordinal), part);
        }

        foreach (string part in (ReadOnlySpan<string>)["gate", "up"])
        {
            if (name.Contains($".{part}_proj.", StringComparison.Ordinal))
                return (name.Replace($".{part}_proj.", ".gate_up_proj.", StringComparison.Ordinal), part);
        }

        return null;
    }

    private Tensor Part(string block, ParameterSpec spec, long offset, long rows, ScalarType dataType, Device device)
    {
        if (!_blocks.TryGetValue(block, out Tensor? memory))
        {
            memory = empty([rows, .. spec.Shape.AsSpan(1)], dtype: dataType, device: device).DetachFromDisposeScope();
            _blocks.Add(block, memory);
        }

        return memory.narrow(0, offset, spec.Shape[0]);
    }
}
