using Mel.Runtime;
using Mel.Transformers.Models.Families;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// Shape and switches of a decoder-only model. Read from a Hugging Face <c>config.json</c> by <see cref="ModelConfigFile"/>, or written in code for a model
/// that starts from random weights.
/// </summary>
public sealed record ModelConfig
{
    internal const int MostLayers = 1 << 10;

    /// <summary>The family, which fixes the switches below it.</summary>
    public required DecoderFamily Family { get; init; }

    /// <summary>V: rows of the embedding and of the head; may exceed the number of tokens the tokenizer knows.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>H: width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Width of the gated feed-forward layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Number of layers.</summary>
    public required int Layers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Number of key and value heads; divides <see cref="Heads"/>.</summary>
    public required int KeyValueHeads { get; init; }

    /// <summary>Width of one head; even. Heads times this may differ from <see cref="HiddenSize"/>.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Largest number of tokens of a sequence.</summary>
    public required int ContextTokens { get; init; }

    /// <summary>Added to the mean square before the root in every normalization.</summary>
    /// <value>The default is 1e-6.</value>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies.</summary>
    /// <value>The default is 10,000.</value>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>How the rotary frequencies are stretched.</summary>
    /// <value>The default is no stretching.</value>
    public RopeScaling RopeScaling { get; init; } = new();

    /// <summary>Whether the head is the embedding, one parameter used twice.</summary>
    /// <value>The default is false.</value>
    public bool TiedEmbeddings { get; init; }

    /// <summary>Whether the projections of attention have a bias; of a Qwen2 model always query, key and value and never the output.</summary>
    /// <value>The default is false.</value>
    public bool AttentionBias { get; init; }

    /// <summary>Standard deviation of random initial weights.</summary>
    /// <value>The default is 0.02.</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Element type the checkpoint declares.</summary>
    /// <value>The default is float32.</value>
    public ScalarType DataType { get; init; } = ScalarType.Float32;

    /// <summary>Token that ends a response according to this file; <c>generation_config.json</c> wins over it.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];

    /// <summary>
    /// Token whose row of the embedding learns nothing from where the token is read, as transformers has it; what a tied row learns as a part of the head
    /// stays. Null where the file names none.
    /// </summary>
    internal int? PaddingTokenId { get; init; }

    /// <summary>Whether queries and keys are normalized before the rotation.</summary>
    public bool NormalizesQueriesAndKeys => Traits.HeadNorm != HeadNorm.None;

    /// <summary>Whether the query, key and value projections have a bias.</summary>
    public bool QkvBias => Traits.BiasedQueryKeyValue || AttentionBias;

    /// <summary>Whether the output projection of attention has a bias.</summary>
    public bool OutputBias => !Traits.BiasedQueryKeyValue && AttentionBias;

    /// <summary>What the model does beside the plain decoder: what a file says of it, or else what its family does where a file says nothing.</summary>
    internal DecoderTraits Traits => GivenTraits ?? FamilyMapping.Of(Family).DefaultTraits(this);

    /// <summary>What a file says; null for a configuration made in code.</summary>
    internal DecoderTraits? GivenTraits { get; init; }

    /// <summary>Number of trained numbers, tied embeddings counted once.</summary>
    public long ParameterCount => ParameterLayout.Of(this).Sum(p => p.Shape.Aggregate(1L, (a, b) => a * b));

    /// <summary>Checks that sizes are positive, fit together and are those of a model that somebody could have.</summary>
    /// <remarks>
    /// The largest sizes are 1,024 layers, a width of 131,072 (of the feed-forward layer 1,048,576), 4,096 heads of 4,096, a vocabulary of 4,194,304 and a
    /// context of 16,777,216 tokens. Every published model has a fraction of them.
    /// </remarks>
    /// <param name="source">What the message starts with: the path of a file, or a word for a configuration made in code.</param>
    /// <exception cref="ModelConfigException">A size is outside its range, the heads do not divide, or the head size is odd.</exception>
    public void Validate(string source = "model configuration")
    {
        Within("vocab_size", VocabularySize, 1 << 22);
        Within("hidden_size", HiddenSize, 1 << 17);
        Within("intermediate_size", IntermediateSize, 1 << 20);
        Within("num_hidden_layers", Layers, MostLayers);
        Within("num_attention_heads", Heads, 1 << 12);
        Within("num_key_value_heads", KeyValueHeads, 1 << 12);
        Within("head_dim", HeadSize, 1 << 12);
        Within("max_position_embeddings", ContextTokens, 1 << 24);
        if (Heads % KeyValueHeads != 0)
            throw new ModelConfigException(source, "num_key_value_heads", $"is {KeyValueHeads}, expected a divisor of the {Heads} attention heads.");
        if (HeadSize % 2 != 0)
            throw new ModelConfigException(source, "head_dim", $"is {HeadSize}, expected an even number: the rotary embedding pairs its halves.");
        if (!(NormEpsilon > 0) || !double.IsFinite(NormEpsilon))
            throw new ModelConfigException(source, "rms_norm_eps", $"is {NormEpsilon}, expected a positive number.");
        if (!(RopeTheta > 0) || !double.IsFinite(RopeTheta))
            throw new ModelConfigException(source, "rope_theta", $"is {RopeTheta}, expected a positive number.");
        if (!(RopeScaling.Factor >= 1) || !double.IsFinite(RopeScaling.Factor))
            throw new ModelConfigException(source, "rope_scaling.factor", $"is {RopeScaling.Factor}, expected a number from 1.");
        ValidateTraits(source);
        if (RopeScaling is { Type: RopeType.Llama3 } llama && !(llama.HighFrequencyFactor > llama.LowFrequencyFactor && llama.LowFrequencyFactor > 0))
            throw new ModelConfigException(source, "rope_scaling.high_freq_factor", $"is {llama.HighFrequencyFactor}, expected more than low_freq_factor, " +
                $"{llama.LowFrequencyFactor}, which must be positive.");
        foreach (int stop in StopTokenIds)
        {
            if ((uint)stop >= (uint)VocabularySize)
                throw new ModelConfigException(source, "eos_token_id", $"holds {stop}, expected ids from 0 to {VocabularySize - 1}.");
        }

        void Within(string key, int value, int largest)
        {
            if (value < 1 || value > largest) throw new ModelConfigException(source, key, $"is {value}, expected at least 1 and at most {largest}.");
        }
    }

    private void ValidateTraits(string source)
    {
        DecoderTraits traits = Traits;
        if (traits.Layers.Count != 0 && traits.Layers.Count != Layers)
            throw new ModelConfigException(source, "layer_types", $"describes {traits.Layers.Count} layers, expected {Layers}, as num_hidden_layers says.");
        if (traits.RotaryWidth is { } width && (width < 2 || width > HeadSize || width % 2 != 0))
            throw new ModelConfigException(source, "partial_rotary_factor",
                $"rotates {width} of {HeadSize} numbers of a head, expected an even number of them.");
        Positive("embedding_multiplier", traits.EmbeddingScale);
        Positive("residual_multiplier", traits.ResidualScale);
        Positive("logits_scaling", traits.LogitScale);
        Positive("query_pre_attn_scalar", traits.AttentionScale ?? 1);
        Positive("attn_logit_softcapping", traits.AttentionCap ?? 1);
        Positive("final_logit_softcapping", traits.LogitCap ?? 1);
        Positive("rope_local_base_freq", traits.LocalRope?.Theta ?? 1);
        if (RopeScaling.Type == RopeType.LongRope && (RopeScaling.ShortFactors.Count != (traits.RotaryWidth ?? HeadSize) / 2
            || !RopeScaling.ShortFactors.All(factor => factor > 0 && double.IsFinite(factor))))
            throw new ModelConfigException(source, "rope_scaling.short_factor",
                $"has {RopeScaling.ShortFactors.Count} numbers, expected {(traits.RotaryWidth ?? HeadSize) / 2} positive ones, one for each frequency.");

        void Positive(string key, double value)
        {
            if (!(value > 0) || !double.IsFinite(value)) throw new ModelConfigException(source, key, $"comes to {value}, expected a positive number.");
        }
    }
}

/// <summary>A model configuration is missing, malformed, contradicts itself or asks for something this library does not build.</summary>
public sealed class ModelConfigException : NotSupportedException
{
    /// <summary>Creates the exception; the message starts with the file and the key.</summary>
    /// <param name="source">Path of the configuration file, or a word for what was configured in code.</param>
    /// <param name="key">The key at fault, or null when the fault concerns the whole file.</param>
    /// <param name="problem">What was given, what is expected and what to do.</param>
    /// <param name="innerException">The error behind this one.</param>
    public ModelConfigException(string source, string? key, string problem, Exception? innerException = null)
        : base(Excerpt.Message(key is null ? $"{source}: {problem}" : $"{source}, '{key}': {problem}"), innerException)
    {
        Key = key;
    }

    /// <summary>The key at fault, or null when the fault concerns the whole file.</summary>
    public string? Key { get; }
}
