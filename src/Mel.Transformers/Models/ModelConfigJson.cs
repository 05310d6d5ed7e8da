using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Maps the keys of a Hugging Face <c>config.json</c> to <see cref="ModelConfig"/>, refusing what the forward pass does not build.</summary>
internal static class ModelConfigJson
{
    private static readonly (DecoderFamily Family, string ModelType, string Architecture)[] Families =
    [
        (DecoderFamily.Qwen3, "qwen3", "Qwen3ForCausalLM"),
        (DecoderFamily.Qwen2, "qwen2", "Qwen2ForCausalLM"),
        (DecoderFamily.Llama, "llama", "LlamaForCausalLM"),
    ];

    private static readonly (ScalarType Type, string Name)[] DataTypes =
        [(ScalarType.Float32, "float32"), (ScalarType.BFloat16, "bfloat16"), (ScalarType.Float16, "float16"), (ScalarType.Float64, "float64")];

    public static string NameOf(ScalarType type) => DataTypes.First(t => t.Type == type).Name;

    public static ModelConfig Read(JsonElement json, string source)
    {
        JsonFields reader = Fields(json, source);
        DecoderFamily family = ReadFamily(reader);
        RefuseWhatIsNotBuilt(reader);
        int hidden = reader.Int("hidden_size"), heads = reader.Int("num_attention_heads"), context = reader.Int("max_position_embeddings");
        if (!reader.Has("head_dim") && (heads < 1 || hidden % heads != 0))
            throw reader.Fail("head_dim", $"is missing, and hidden_size {hidden} is no multiple of {heads} heads; give it.");
        JsonFields? parameters = reader.OptionalObject("rope_parameters");
        return new ModelConfig
        {
            Family = family,
            VocabularySize = reader.Int("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = reader.Int("intermediate_size"),
            Layers = reader.Int("num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = reader.OptionalInt("num_key_value_heads") ?? heads,
            HeadSize = reader.OptionalInt("head_dim") ?? hidden / heads,
            ContextTokens = context,
            NormEpsilon = reader.OptionalDouble("rms_norm_eps") ?? 1e-6,
            RopeTheta = parameters?.OptionalDouble("rope_theta") ?? reader.OptionalDouble("rope_theta") ?? 10_000,
            RopeScaling = ReadScaling(parameters ?? reader.OptionalObject("rope_scaling"), context),
            TiedEmbeddings = reader.OptionalBool("tie_word_embeddings") ?? false,
            AttentionBias = reader.OptionalBool("attention_bias") ?? false,
            InitializerRange = reader.OptionalDouble("initializer_range") ?? 0.02,
            DataType = ReadDataType(reader),
            StopTokenIds = reader.TokenIds("eos_token_id"),
        };
    }

    /// <summary>The fields of a configuration file.</summary>
    public static JsonFields Fields(JsonElement json, string source) => new(json, (key, problem) => new ModelConfigException(source, key, problem));

    public static JsonObject Write(ModelConfig config)
    {
        var family = Families.First(f => f.Family == config.Family);
        var json = new JsonObject
        {
            ["architectures"] = new JsonArray(family.Architecture),
            ["attention_bias"] = config.AttentionBias,
            ["attention_dropout"] = 0.0,
            ["eos_token_id"] = config.StopTokenIds.Count switch
            {
                0 => null,
                1 => config.StopTokenIds[0],
                _ => new JsonArray([.. config.StopTokenIds.Select(id => JsonValue.Create(id))]),
            },
            ["head_dim"] = config.HeadSize,
            ["hidden_act"] = "silu",
            ["hidden_size"] = config.HiddenSize,
            ["initializer_range"] = config.InitializerRange,
            ["intermediate_size"] = config.IntermediateSize,
            ["max_position_embeddings"] = config.ContextTokens,
            ["model_type"] = family.ModelType,
            ["num_attention_heads"] = config.Heads,
            ["num_hidden_layers"] = config.Layers,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_scaling"] = WriteScaling(config.RopeScaling),
            ["rope_theta"] = config.RopeTheta,
            ["tie_word_embeddings"] = config.TiedEmbeddings,
            ["torch_dtype"] = NameOf(config.DataType),
            ["use_cache"] = true,
            ["use_sliding_window"] = false,
            ["vocab_size"] = config.VocabularySize,
        };
        return json;
    }

    private static DecoderFamily ReadFamily(JsonFields reader)
    {
        string? type = reader.OptionalString("model_type");
        string? architecture = reader.Strings("architectures") is [var first, ..] ? first : null;
        foreach (var family in Families)
        {
            if (type is null ? architecture == family.Architecture : type == family.ModelType) return family.Family;
        }

        throw reader.Fail("model_type", $"is {Excerpt.Quoted(type ?? architecture ?? "")}, " +
            $"expected one of {string.Join(", ", Families.Select(f => f.ModelType))}; other architectures are not built.");
    }

    private static void RefuseWhatIsNotBuilt(JsonFields reader)
    {
        if (reader.OptionalString("hidden_act") is { } activation && activation != "silu")
            throw reader.Fail("hidden_act", $"is {Excerpt.Quoted(activation)}, expected 'silu'; other activations are not built.");
        if (reader.Has("quantization_config"))
            throw reader.Fail("quantization_config", "is present, expected none; use the checkpoint in bfloat16, float16 or float32.");
        if (reader.OptionalBool("mlp_bias") == true) throw reader.Fail("mlp_bias", "is true, expected false; a bias in the feed-forward layer is not built.");
        if (reader.OptionalDouble("partial_rotary_factor") is { } part && part != 1)
            throw reader.Fail("partial_rotary_factor", $"is {part}, expected 1; a partial rotation is not built.");
        bool windowed = reader.OptionalBool("use_sliding_window") == true && reader.OptionalInt("sliding_window") is not null
            && (reader.OptionalInt("max_window_layers") ?? 0) < reader.Int("num_hidden_layers");
        if (windowed) throw reader.Fail("use_sliding_window", "is true and reaches some layers, expected false; a sliding window is not built.");
        if (reader.Strings("layer_types").FirstOrDefault(t => t != "full_attention") is { } layer)
            throw reader.Fail("layer_types", $"holds {Excerpt.Quoted(layer)}, expected only 'full_attention'; other kinds of attention are not built.");
    }

    private static RopeScaling ReadScaling(JsonFields? reader, int context)
    {
        if (reader is null) return new RopeScaling();
        string type = reader.OptionalString("rope_type") ?? reader.OptionalString("type") ?? "default";
        RopeType kind = type switch
        {
            "default" => RopeType.Default,
            "linear" => RopeType.Linear,
            "llama3" => RopeType.Llama3,
            "yarn" => RopeType.Yarn,
            _ => throw reader.Fail("rope_type", $"is {Excerpt.Quoted(type)}, expected default, linear, llama3 or yarn; other kinds are not built."),
        };
        if (reader.OptionalDouble("partial_rotary_factor") is { } part && part != 1)
            throw reader.Fail("partial_rotary_factor", $"is {part}, expected 1; a partial rotation is not built.");
        if (kind == RopeType.Default) return new RopeScaling();
        int original = reader.OptionalInt("original_max_position_embeddings") ?? 0;
        return new RopeScaling
        {
            Type = kind,
            Factor = reader.OptionalDouble("factor") ?? (kind == RopeType.Yarn && original > 0 ? (double)context / original
                : throw reader.Fail("factor", "is missing, expected a number from 1.")),
            OriginalContextTokens = original,
            LowFrequencyFactor = reader.OptionalDouble("low_freq_factor") ?? 1,
            HighFrequencyFactor = reader.OptionalDouble("high_freq_factor") ?? 4,
            BetaFast = reader.OptionalDouble("beta_fast") ?? 32,
            BetaSlow = reader.OptionalDouble("beta_slow") ?? 1,
            AttentionFactor = reader.OptionalDouble("attention_factor"),
            MScale = reader.OptionalDouble("mscale"),
            MScaleAllDimensions = reader.OptionalDouble("mscale_all_dim"),
            Truncate = reader.OptionalBool("truncate") ?? true,
        };
    }

    private static JsonObject? WriteScaling(RopeScaling scaling)
    {
        if (scaling.Type == RopeType.Default) return null;
        string type = scaling.Type switch { RopeType.Linear => "linear", RopeType.Llama3 => "llama3", _ => "yarn" };
        var json = new JsonObject { ["rope_type"] = type, ["factor"] = scaling.Factor };
        if (scaling.OriginalContextTokens > 0) json["original_max_position_embeddings"] = scaling.OriginalContextTokens;
        if (scaling.Type == RopeType.Llama3)
        {
            json["low_freq_factor"] = scaling.LowFrequencyFactor;
            json["high_freq_factor"] = scaling.HighFrequencyFactor;
        }
        else if (scaling.Type == RopeType.Yarn)
        {
            json["beta_fast"] = scaling.BetaFast;
            json["beta_slow"] = scaling.BetaSlow;
            if (scaling.AttentionFactor is { } attention) json["attention_factor"] = attention;
            if (scaling.MScale is { } scale) json["mscale"] = scale;
            if (scaling.MScaleAllDimensions is { } all) json["mscale_all_dim"] = all;
            if (!scaling.Truncate) json["truncate"] = false;
        }

        return json;
    }

    private static ScalarType ReadDataType(JsonFields reader)
    {
        string key = reader.Has("dtype") ? "dtype" : "torch_dtype";
        if (reader.OptionalString(key) is not { } name) return ScalarType.Float32;
        foreach (var (type, known) in DataTypes)
        {
            if (name == known) return type;
        }

        throw reader.Fail(key, $"is {Excerpt.Quoted(name)}, expected one of {string.Join(", ", DataTypes.Select(t => t.Name))}.");
    }
}
