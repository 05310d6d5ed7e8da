using System.Security.Cryptography;
using System.Text;
using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// A decoder-only transformer of any family of <see cref="DecoderFamily"/>: one forward pass for training, scoring and decoding. Sequences are packed one
/// after another without padding; hidden states come first and the head is applied only to the rows that are wanted.
/// </summary>
/// <remarks>
/// Owns its parameters; everything it returns belongs to the caller's dispose scope. One thread at a time: grad mode and dispose scopes belong to a thread.
/// </remarks>
public sealed partial class DecoderModel : IDisposable
{
    private readonly WeightStore _weights;
    private readonly DecoderLayer[] _layers;
    private readonly Tensor _embedding;
    private readonly RmsNorm _norm;
    private readonly RotaryTables _tables;
    private readonly Scalar? _embeddingScale, _logitScale;
    private readonly bool _composesAttention;
    private Tensor? _anchor;
    private bool _disposed;

    internal DecoderModel(ModelConfig config, WeightStore weights, ScalarType dataType, Device device)
    {
        Config = config;
        DataType = dataType;
        Device = device;
        _weights = weights;
        _embedding = weights[ParameterLayout.Embedding];
        DecoderTraits traits = config.Traits;
        _norm = new RmsNorm(weights[ParameterLayout.FinalNorm], config, traits.NormsAddOne);
        Head = weights.Find(ParameterLayout.Head) ?? _embedding;
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(config, traits, weights, i))];
        foreach (Tensor parameter in weights.Parameters.Values) parameter.requires_grad_(true);
        _embeddingScale = traits.EmbeddingScale == 1 ? null : traits.EmbeddingScale.ToScalar();
        _logitScale = traits.LogitScale == 1 ? null : traits.LogitScale.ToScalar();
        _composesAttention = !AttentionBlock.IsServed(config, traits);
        LogitCap = traits.LogitCap;
        _tables = new RotaryTables(config);
    }

    /// <summary>Shape and switches of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>Element type of the weights.</summary>
    public ScalarType DataType { get; }

    /// <summary>Element type between the products: float32 on the CPU even where weights are narrower, otherwise that of the weights.</summary>
    public ScalarType ActivationType => Device.type == DeviceType.CPU && DataType is ScalarType.BFloat16 or ScalarType.Float16 ? ScalarType.Float32 : DataType;

    /// <summary>Where the weights lie.</summary>
    public Device Device { get; }

    /// <summary>A digest of names, shapes and bytes of all weights, adapters left out.</summary>
    internal string WeightDigest()
    {
        using var noGrad = no_grad();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor weight) in _weights.Parameters)
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {string.Join('x', weight.shape)};"));
            Tensor flat = weight.detach().contiguous().view(-1);
            const long slice = 1 << 20;
            for (long at = 0; at < flat.NumberOfElements; at += slice)
            {
                using Tensor part = flat.narrow(0, at, Math.Min(slice, flat.NumberOfElements - at));
                using Tensor local = part.cpu();
                hash.AppendData(local.bytes);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
    }

    /// <summary>
    /// The tensors that train, in the order of the forward pass: the weights by their Hugging Face names, tied embeddings once, or only the adapters where
    /// the model has some.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public IReadOnlyDictionary<string, Tensor> Parameters => _adapters is null ? Weights : _adapters;

    /// <summary>
    /// Whether a training pass keeps only the input of every layer and computes the rest again in the backward pass: less memory for a third more time.
    /// </summary>
    /// <value>The default is false.</value>
    public bool RecomputesActivations { get; set; }

    /// <summary>Where the fused kernels run in this model.</summary>
    internal Fused Fused { get; set; } = Fused.WhereServed;

    internal IReadOnlyDictionary<string, Tensor> Weights
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _weights.Parameters;
        }
    }

    /// <summary>Bound that logits approach, or null.</summary>
    internal double? LogitCap { get; }

    /// <summary>The matrix that turns hidden states into logits, [V, H]; the embedding itself where the two are tied.</summary>
    public Tensor Head { get; }

    /// <summary>
    /// Makes a model with random weights: normal with the standard deviation of the configuration, ones for normalizations, zeros for biases.
    /// </summary>
    /// <param name="config">Shape and switches.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <param name="dataType">Element type; null takes float32.</param>
    /// <param name="device">Where the weights lie; null takes the CPU.</param>
    /// <exception cref="ModelConfigException">The configuration is not valid, or its weights do not fit into the memory of this machine.</exception>
    public static DecoderModel Create(ModelConfig config, ulong seed, ScalarType? dataType = null, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        MachineMemory.Require(config.ParameterCount, dataType ?? ScalarType.Float32, device ?? CPU,
            problem => new ModelConfigException("model configuration", null, $"the weights take {problem}; make the model smaller."));
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var weights = new WeightStore(config, dataType ?? ScalarType.Float32, device ?? CPU);
        using var generator = new Generator(seed);
        foreach (var (name, parameter) in weights.Parameters)
        {
            if (name.EndsWith(".bias", StringComparison.Ordinal)) parameter.zero_();
            else if (name.EndsWith("norm.weight", StringComparison.Ordinal)) parameter.fill_(config.Traits.NormsAddOne ? 0.0 : 1.0);
            else parameter.copy_(randn(parameter.shape, generator: generator).mul_(config.InitializerRange));
        }

        return new DecoderModel(config, weights, dataType ?? ScalarType.Float32, device ?? CPU);
    }

    /// <summary>Loads a model from a folder in the Hugging Face layout: <c>config.json</c> and <c>model.safetensors</c>, also sharded.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="dataType">Element type of the weights in memory, converted on the way; null takes float32, in which bfloat16 weights are exact.</param>
    /// <param name="device">Where the weights lie; null takes the CPU.</param>
    /// <exception cref="CheckpointException">A file or tensor is missing, truncated or damaged.</exception>
    /// <exception cref="ShapeMismatchException">A tensor has another shape than the configuration says.</exception>
    /// <exception cref="ModelConfigException">The configuration is not valid or asks for what is not built.</exception>
    public static DecoderModel Load(string folder, ScalarType? dataType = null, Device? device = null)
        => Load(folder, ModelConfigFile.Load(folder).Config, dataType ?? ScalarType.Float32, device ?? CPU, out _);

    /// <summary>
    /// What was taken otherwise than the files of the folder have it, a sentence each: names of tensors with the marks of a wrapper, a tied embedding stored
    /// as the head. Empty for nearly every folder, and for a model that was made in code.
    /// </summary>
    public IReadOnlyList<string> Notices { get; private init; } = [];

    internal static DecoderModel Load(string folder, ModelConfig config, ScalarType dataType, Device device, out FoundWeights found)
    {
        using var noGrad = no_grad();
        found = ModelWeights.Find(folder, config);
        var weights = new WeightStore(config, dataType, device);
        try
        {
            ModelWeights.Read(found, weights);
            return new DecoderModel(config, weights, dataType, device) { Notices = found.Notices };
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Final hidden states of every token of whole sequences, as the head takes them; differentiable unless gradients are off.
    /// </summary>
    /// <param name="sequences">Token ids of every sequence; none may be empty.</param>
    /// <param name="starts">Receives the row of the first token of every sequence; the rows of a sequence follow one another.</param>
    /// <returns>[N, H], N the number of tokens.</returns>
    public Tensor Hidden(IReadOnlyList<ReadOnlyMemory<int>> sequences, out int[] starts)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Forward(PackedTokens.Sequences(sequences, null, out starts));
    }

    /// <summary>Logits of hidden states.</summary>
    /// <param name="hidden">[N, H].</param>
    /// <returns>[N, V].</returns>
    public Tensor Logits(Tensor hidden)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (hidden.dim() != 2 || hidden.size(1) != Config.HiddenSize)
            throw new ShapeMismatchException($"hidden has shape [{string.Join(", ", hidden.shape)}], expected [N, {Config.HiddenSize}].", nameof(hidden));
        Tensor logits = Product.Linear(hidden, Head, null, Fused);
        if (LogitCap is not { } cap) return logits;
        using (logits)
        using (Scalar inverse = (1 / cap).ToScalar(), bound = cap.ToScalar())
        {
            using var scope = NewDisposeScope();
            return logits.mul(inverse).tanh().mul(bound).MoveToOuterDisposeScope();
        }
    }

    /// <summary>The forward pass.</summary>
    /// <param name="tokens">Packed tokens.</param>
    /// <param name="cache">Receives the keys and values; needed where a segment continues an earlier one.</param>
    /// <param name="keep">Rows whose hidden states are wanted; null keeps all.</param>
    /// <returns>Final hidden states, [N or keep, H].</returns>
    internal Tensor Forward(PackedTokens tokens, KvCache? cache = null, int[]? keep = null)
    {
        Check(tokens);
        using var scope = NewDisposeScope();
        return Forward(tokens, Embedded(tokens), cache, keep).MoveToOuterDisposeScope();
    }

    // The row of padding learns nothing here.
    private Tensor Embedded(PackedTokens tokens)
    {
        Tensor rows = TiedEmbeddingFunction.Rows(_embedding, tokens.Ids, ActivationType);
        if (!rows.requires_grad || !tokens.Ids.Contains(Padding)) return rows;
        Tensor isPadding = tensor([.. tokens.Ids.Select(id => id == Padding)], device: Device).unsqueeze(1);
        return where(isPadding, rows.detach(), rows);
    }

    private int Padding => Config.PaddingTokenId switch { null => -1, < 0 and var fromEnd => Config.VocabularySize + fromEnd, var id => id.Value };

    /// <summary>Whether the output embedding carries gradient.</summary>
    internal bool HeadTrains => Head.requires_grad;

    /// <summary>
    /// The forward pass with the head to apply to its result, which must both take part in the loss: a tied embedding then has one gradient for its two uses.
    /// </summary>
    /// <param name="tokens">Packed tokens.</param>
    /// <param name="keep">Rows whose hidden states are wanted.</param>
    /// <returns>Final hidden states, [keep, H], and the head, [V, H].</returns>
    internal (Tensor Hidden, Tensor Head) ForwardWithHead(PackedTokens tokens, int[] keep)
    {
        Check(tokens);
        using var scope = NewDisposeScope();
        if (!Config.TiedEmbeddings || !_embedding.requires_grad || !is_grad_enabled())
            return (Forward(tokens, null, keep).MoveToOuterDisposeScope(), Head.alias().MoveToOuterDisposeScope());
        List<Tensor> uses = TiedEmbeddingFunction.apply(_embedding.t(), tokens.Ids, ActivationType, Padding);
        return (Forward(tokens, uses[0], null, keep).MoveToOuterDisposeScope(), uses[1].t().MoveToOuterDisposeScope());
    }

    private Tensor Forward(PackedTokens tokens, Tensor embedded, KvCache? cache, int[]? keep)
    {
        using ForwardPass pass = NewPass(tokens, cache);
        using var scope = NewDisposeScope();
        Tensor hidden = _embeddingScale is null ? embedded : embedded.mul(_embeddingScale);                 // [N, H]
        bool recompute = RecomputesActivations && is_grad_enabled();
        for (int i = 0; i < _layers.Length; i++) hidden = recompute ? RecomputedLayer.apply(hidden, Anchor, this, i, tokens) : _layers[i].Forward(hidden, pass);
        if (keep is not null) hidden = hidden.index_select(0, tensor(keep, device: Device));
        hidden = _norm.Apply(hidden, Fused);
        return (_logitScale is null ? hidden : hidden.mul(_logitScale)).MoveToOuterDisposeScope();
    }

    internal ForwardPass NewPass(PackedTokens tokens, KvCache? cache = null)
        => new(tokens, _tables.For(tokens.PositionCount), cache, AdaptersEnabled, Fused, Device);

    /// <summary>A cache for this model: memory for the keys and values of so many sequences of so many tokens.</summary>
    internal KvCache NewCache(int rows, int capacity) => new(Config, rows, capacity, ActivationType, Device, _composesAttention ? Fused.Nowhere : Fused);

    internal DecoderLayer LayerAt(int index) => _layers[index];

    /// <summary>Releases the parameters and their gradients.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        DropAdapters();
        _weights.Dispose();
        _anchor?.Dispose();
        _tables.Dispose();
    }

    // An id outside the vocabulary would read memory that is not the embedding's.
    private void Check(PackedTokens tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        foreach (int id in tokens.Ids)
        {
            if ((uint)id >= (uint)Config.VocabularySize)
                throw new ArgumentOutOfRangeException(nameof(tokens), id, "A token id is outside the vocabulary of the model, " +
                    $"0 to {Config.VocabularySize - 1}; the tokenizer may belong to another model.");
        }

        if (tokens.Segments.FirstOrDefault(s => s.Length == 0 || s.Past + s.Length > Config.ContextTokens) is { } wrong && wrong != default)
            throw new ArgumentException(
                $"A sequence has {wrong.Past + wrong.Length} tokens, expected 1 to {Config.ContextTokens}, the context of the model.", nameof(tokens));
    }

    // Gives a recomputed layer an input that requires a gradient even where the embedding is frozen.
    private Tensor Anchor => _anchor ??= zeros(1, device: Device).requires_grad_(true).DetachFromDisposeScope();
}
