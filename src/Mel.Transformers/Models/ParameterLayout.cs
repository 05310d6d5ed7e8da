namespace Mel.Transformers.Models;

/// <summary>The parameters of a model in the order of the forward pass. Tied embeddings have no entry for the head.</summary>
internal static class ParameterLayout
{
    public const string Embedding = "model.embed_tokens.weight";
    public const string FinalNorm = "model.norm.weight";
    public const string Head = "lm_head.weight";

    public static string Layer(int index) => $"model.layers.{index}.";

    public static IEnumerable<ParameterSpec> Of(ModelConfig config)
    {
        DecoderTraits traits = config.Traits;
        yield return new(Embedding, [config.VocabularySize, config.HiddenSize]);
        for (int i = 0; i < config.Layers; i++)
        {
            foreach (ParameterSpec spec in OfLayer(config, traits, Layer(i))) yield return spec;
        }

        yield return new(FinalNorm, [config.HiddenSize]);
        if (!config.TiedEmbeddings) yield return new(Head, [config.VocabularySize, config.HiddenSize]);
    }

    /// <summary>The names of the norms of a layer, or null where there is none: before and after attention, before and after the feed-forward layer.</summary>
    public static (string? BeforeAttention, string? AfterAttention, string? BeforeFeedForward, string? AfterFeedForward) Norms(NormPlace place) => place switch
    {
        // The name of a norm says behind what it stands, and in the plain decoder that is not the block it belongs to.
        NormPlace.Before => ("input_layernorm", null, "post_attention_layernorm", null),
        NormPlace.After => (null, "post_attention_layernorm", null, "post_feedforward_layernorm"),
        _ => ("input_layernorm", "post_attention_layernorm", "pre_feedforward_layernorm", "post_feedforward_layernorm"),
    };

    private static List<ParameterSpec> OfLayer(ModelConfig config, DecoderTraits traits, string layer)
    {
        long hidden = config.HiddenSize, inner = config.IntermediateSize, queries = (long)config.Heads * config.HeadSize;
        long keys = (long)config.KeyValueHeads * config.HeadSize;
        bool qkvBias = traits.BiasedQueryKeyValue || config.AttentionBias, outputBias = !traits.BiasedQueryKeyValue && config.AttentionBias;
        var (beforeAttention, afterAttention, beforeFeedForward, afterFeedForward) = Norms(traits.NormPlace);
        (string Name, long Width)[] heads = traits.JointProjections ? [("qkv", queries + 2 * keys)] : [("q", queries), ("k", keys), ("v", keys)];
        (string Name, long Width)[] gates = traits.JointProjections ? [("gate_up", 2 * inner)] : [("gate", inner), ("up", inner)];
        List<ParameterSpec> specs = [];
        Norm(beforeAttention, hidden);
        foreach (var (name, width) in heads) Matrix($"self_attn.{name}_proj", width, hidden, qkvBias);
        if (traits.HeadNorm != HeadNorm.None)
        {
            bool each = traits.HeadNorm == HeadNorm.PerHead;
            Norm("self_attn.q_norm", each ? config.HeadSize : queries);
            Norm("self_attn.k_norm", each ? config.HeadSize : keys);
        }

        Matrix("self_attn.o_proj", hidden, queries, outputBias);
        Norm(afterAttention, hidden);
        Norm(beforeFeedForward, hidden);
        foreach (var (name, width) in gates) Matrix($"mlp.{name}_proj", width, hidden, traits.FeedForwardBias);
        Matrix("mlp.down_proj", hidden, inner, traits.FeedForwardBias);
        Norm(afterFeedForward, hidden);
        return specs;

        void Norm(string? name, long width)
        {
            if (name is not null) specs.Add(new($"{layer}{name}.weight", [width]));
        }

        void Matrix(string name, long outputs, long inputs, bool bias)
        {
            specs.Add(new($"{layer}{name}.weight", [outputs, inputs]));
            if (bias) specs.Add(new($"{layer}{name}.bias", [outputs]));
        }
    }
}

/// <summary>Name and shape of one parameter, as a Hugging Face checkpoint stores it.</summary>
internal sealed record ParameterSpec(string Name, long[] Shape);
