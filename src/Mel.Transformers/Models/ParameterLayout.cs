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
        yield return new(Embedding, [config.VocabularySize, config.HiddenSize]);
        for (int i = 0; i < config.Layers; i++)
        {
            foreach (ParameterSpec spec in OfLayer(config, Layer(i))) yield return spec;
        }

        yield return new(FinalNorm, [config.HiddenSize]);
        if (!config.TiedEmbeddings) yield return new(Head, [config.VocabularySize, config.HiddenSize]);
    }

    private static IEnumerable<ParameterSpec> OfLayer(ModelConfig config, string layer)
    {
        long hidden = config.HiddenSize, queries = (long)config.Heads * config.HeadSize, keys = (long)config.KeyValueHeads * config.HeadSize;
        yield return new(layer + "input_layernorm.weight", [hidden]);
        foreach (var (name, width) in new[] { ("q", queries), ("k", keys), ("v", keys) })
        {
            yield return new($"{layer}self_attn.{name}_proj.weight", [width, hidden]);
            if (config.QkvBias) yield return new($"{layer}self_attn.{name}_proj.bias", [width]);
        }

        if (config.NormalizesQueriesAndKeys)
        {
            yield return new(layer + "self_attn.q_norm.weight", [config.HeadSize]);
            yield return new(layer + "self_attn.k_norm.weight", [config.HeadSize]);
        }

        yield return new(layer + "self_attn.o_proj.weight", [hidden, queries]);
        if (config.OutputBias) yield return new(layer + "self_attn.o_proj.bias", [hidden]);
        yield return new(layer + "post_attention_layernorm.weight", [hidden]);
        yield return new(layer + "mlp.gate_proj.weight", [config.IntermediateSize, hidden]);
        yield return new(layer + "mlp.up_proj.weight", [config.IntermediateSize, hidden]);
        yield return new(layer + "mlp.down_proj.weight", [hidden, config.IntermediateSize]);
    }
}

/// <summary>Name and shape of one parameter, as a Hugging Face checkpoint stores it.</summary>
internal sealed record ParameterSpec(string Name, long[] Shape);
