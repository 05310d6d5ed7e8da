using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Runtime;
using Mel.Transformers.Models.Families;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Maps what is common to all families of a Hugging Face <c>config.json</c> to <see cref="ModelConfig"/>; the rest is the family's.</summary>
internal static class ModelConfigJson
{
    private static readonly (ScalarType Type, string Name)[] DataTypes =
        [(ScalarType.Float32, "float32"), (ScalarType.BFloat16, "bfloat16"), (ScalarType.Float16, "float16"), (ScalarType.Float64, "float64")];

    public static string NameOf(ScalarType type) => DataTypes.First(t => t.Type == type).Name;

    public static string NameOf(Activation activation) => activation == Activation.Silu ? "silu" : "gelu_pytorch_tanh";

    public static ModelConfig Read(JsonElement json, string source)
    {
        var file = new ConfigReader(json, source);
        FamilyMapping family = ReadFamily(file);
        ConfigDefaults defaults = family.Defaults;
        if (file.Has("quantization_config"))
            throw file.Fail("quantization_config", "is present, expected none; use the checkpoint in bfloat16, float16 or float32.");
        int hidden = file.Int("hidden_size"), heads = file.Int("num_attention_heads"), context = file.Int("max_position_embeddings");
        int? headSize = file.OptionalInt("head_dim") ?? defaults.HeadSize;
        if (headSize is null && (heads < 1 || hidden % heads != 0))
            throw file.Fail("head_dim", $"is missing, and hidden_size {hidden} is no multiple of {heads} heads; give it.");
        var (rope, local) = RopeReader.Read(file, defaults, context);
        var config = new ModelConfig
        {
            Family = family.Family,
            VocabularySize = file.Int("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = file.Int("intermediate_size"),
            Layers = Bounded(file, "num_hidden_layers"),
            Heads = heads,
            KeyValueHeads = file.IntOrNull("num_key_value_heads", defaults.KeyValueHeads) ?? heads,
            HeadSize = headSize ?? hidden / heads,
            // Beyond the original context LongRoPE has other frequencies for all positions.
            ContextTokens = rope.Scaling is { Type: RopeType.LongRope, OriginalContextTokens: var original } ? Math.Min(context, original) : context,
            NormEpsilon = file.OptionalDouble("rms_norm_eps") ?? defaults.NormEpsilon,
            RopeTheta = rope.Theta,
            RopeScaling = rope.Scaling,
            TiedEmbeddings = file.Bool("tie_word_embeddings", defaults.TiedEmbeddings),
            AttentionBias = file.Bool("attention_bias"),
            InitializerRange = file.OptionalDouble("initializer_range") ?? 0.02,
            DataType = ReadDataType(file),
            StopTokenIds = file.TokenIds("eos_token_id"),
            PaddingTokenId = file.OptionalInt("pad_token_id"),
        };
        config = config with { GivenTraits = family.Traits(file, config, local) };
        ConfigKeys.RefuseUnknown(file, family);
        return config;
    }

    /// <summary>The fields of a configuration file.</summary>
    public static JsonFields Fields(JsonElement json, string source) => new(json, (key, problem) => new ModelConfigException(source, key, problem));

    public static JsonObject Write(ModelConfig config)
    {
        FamilyMapping family = FamilyMapping.Of(config.Family);
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
            ["hidden_act"] = NameOf(config.Traits.Activation),
            ["hidden_size"] = config.HiddenSize,
            ["initializer_range"] = config.InitializerRange,
            ["intermediate_size"] = config.IntermediateSize,
            ["max_position_embeddings"] = config.ContextTokens,
            ["model_type"] = family.ModelType,
            ["num_attention_heads"] = config.Heads,
            ["num_hidden_layers"] = config.Layers,
            ["num_key_value_heads"] = config.KeyValueHeads,
            ["pad_token_id"] = config.PaddingTokenId,
            ["rms_norm_eps"] = config.NormEpsilon,
            ["rope_scaling"] = RopeWriter.Write(config.RopeScaling),
            ["rope_theta"] = config.RopeTheta,
            ["tie_word_embeddings"] = config.TiedEmbeddings,
            ["torch_dtype"] = NameOf(config.DataType),
            ["use_cache"] = true,
            ["vocab_size"] = config.VocabularySize,
        };
        family.Write(config, json);
        return json;
    }

    private static FamilyMapping ReadFamily(ConfigReader file)
    {
        string? type = file.OptionalString("model_type");
        string? architecture = file.Strings("architectures") is [var first, ..] ? first : null;
        return FamilyMapping.All.FirstOrDefault(family => type is null ? architecture == family.Architecture : type == family.ModelType)
            ?? throw file.Fail("model_type", $"is {Excerpt.Quoted(type ?? architecture ?? "")}, " +
                $"expected one of {string.Join(", ", FamilyMapping.All.Select(family => family.ModelType))}; other architectures are not built.");
    }

    // A list is made of as many entries as there are layers.
    private static int Bounded(ConfigReader file, string key)
    {
        int value = file.Int(key);
        if (value is >= 1 and <= ModelConfig.MostLayers) return value;
        throw file.Fail(key, $"is {value}, expected at least 1 and at most {ModelConfig.MostLayers}.");
    }

    private static ScalarType ReadDataType(ConfigReader file)
    {
        string key = file.Has("dtype") ? "dtype" : "torch_dtype";
        if (file.OptionalString(key) is not { } name || name == "auto") return ScalarType.Float32;
        string bare = name.StartsWith("torch.", StringComparison.Ordinal) ? name["torch.".Length..] : name;
        foreach (var (type, known) in DataTypes)
        {
            if (bare == known) return type;
        }

        throw file.Fail(key, $"is {Excerpt.Quoted(name)}, expected one of {string.Join(", ", DataTypes.Select(t => t.Name))}.");
    }
}
