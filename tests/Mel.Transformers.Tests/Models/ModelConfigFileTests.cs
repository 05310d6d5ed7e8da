using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

[TestFixture]
public sealed class ModelConfigFileTests
{
    private const string Old = """
        {"model_type":"qwen3","vocab_size":640,"hidden_size":64,"intermediate_size":96,"num_hidden_layers":3,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,
         "max_position_embeddings":512,"rms_norm_eps":1e-06,"rope_theta":1000000,"rope_scaling":null,"tie_word_embeddings":true,"torch_dtype":"bfloat16","eos_token_id":588,
         "sliding_window":512,"use_sliding_window":false,"a_key_of_tomorrow":{"x":[1,2]}}
        """;

    private const string New = """
        {"architectures":["Qwen3ForCausalLM"],"vocab_size":640,"hidden_size":64,"intermediate_size":96,"num_hidden_layers":3,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":32,
         "max_position_embeddings":512,"rms_norm_eps":1e-06,"rope_parameters":{"rope_theta":1000000,"rope_type":"default"},"tie_word_embeddings":true,"dtype":"bfloat16","eos_token_id":[588],
         "layer_types":["full_attention","full_attention","full_attention"]}
        """;

    [Test]
    public void Parse_BothSpellings_GiveTheSameModel()
        => ModelConfigFile.Parse(New).Config.Should().BeEquivalentTo(ModelConfigFile.Parse(Old).Config);

    [Test]
    public void ToJson_KeepsUnknownKeysAndSpelling([Values(Old, New)] string json)
    {
        JsonNode expected = JsonNode.Parse(json)!;
        JsonNode.DeepEquals(JsonNode.Parse(ModelConfigFile.Parse(json).ToJson(ScalarType.BFloat16)), expected).Should().BeTrue();
        JsonNode narrowed = JsonNode.Parse(ModelConfigFile.Parse(json).ToJson(ScalarType.Float32))!;
        narrowed[json == Old ? "torch_dtype" : "dtype"]!.GetValue<string>().Should().Be("float32");
    }

    [Test]
    public void From_ConfigurationInCode_ReadsBackEqual([Values] DecoderFamily family)
    {
        ModelConfig config = TinyModels.Config(family) with { RopeScaling = new RopeScaling { Type = RopeType.Yarn, Factor = 2, OriginalContextTokens = 32,
            MScale = 1, MScaleAllDimensions = 0.5 } };
        ModelConfigFile.Parse(ModelConfigFile.From(config).ToJson(ScalarType.Float32)).Config.Should().BeEquivalentTo(config);
    }

    [TestCase("model_type", "\"gpt2\"", "*'model_type'*gpt2*qwen3, qwen2, llama*")]
    [TestCase("model_type", "\"qwen3_moe\"", "*'model_type'*qwen3_moe*other architectures*")]
    [TestCase("hidden_act", "\"gelu\"", "*'hidden_act'*gelu*silu*")]
    [TestCase("quantization_config", "{}", "*'quantization_config'*bfloat16*")]
    [TestCase("rope_scaling", "{\"rope_type\":\"longrope\"}", "*'rope_scaling.original_max_position_embeddings'*missing*longrope*")]
    [TestCase("rope_scaling", "{\"rope_type\":\"dynamic\",\"factor\":2}", "*'rope_scaling.rope_type'*dynamic*yarn or longrope*")]
    [TestCase("rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8,\"low_freq_factor\":1,\"high_freq_factor\":4}", "*original_max_position_embeddings'*missing*llama3*")]
    [TestCase("rope_scaling", "{\"rope_type\":\"llama3\",\"factor\":8,\"original_max_position_embeddings\":64,\"low_freq_factor\":1}", "*high_freq_factor'*missing*")]
    [TestCase("rope_parameters", "{\"chunked_attention\":{\"rope_theta\":5}}", "*'rope_parameters.chunked_attention'*full_attention*")]
    [TestCase("rope_parameters", "{\"full_attention\":{\"rope_theta\":5},\"rope_theta\":7}", "*'rope_parameters.rope_theta'*beside*")]
    [TestCase("layer_types", "[\"sliding_attention\",\"full_attention\",\"full_attention\"]", "*'layer_types'*sliding_attention*no window*")]
    [TestCase("layer_types", "[\"linear_attention\",\"full_attention\",\"full_attention\"]", "*'layer_types'*linear_attention*")]
    [TestCase("layer_types", "[\"full_attention\"]", "*'layer_types'*1 layers*3*")]
    [TestCase("clip_qkv", "8", "*'clip_qkv'*8*qwen3*")]
    [TestCase("logits_scaling", "8.0", "*'logits_scaling'*8*expected 1*")]
    [TestCase("final_logit_softcapping", "30.0", "*'final_logit_softcapping'*30*")]
    [TestCase("num_experts", "8", "*'num_experts'*8*")]
    [TestCase("partial_rotary_factor", "0.5", "*'partial_rotary_factor'*0.5*expected 1*")]
    [TestCase("mlp_bias", "true", "*'mlp_bias'*true*")]
    [TestCase("num_key_value_heads", "3", "*'num_key_value_heads'*3*divisor*4*")]
    [TestCase("head_dim", "33", "*'head_dim'*33*even*")]
    [TestCase("hidden_size", "-1", "*'hidden_size'*-1*")]
    [TestCase("hidden_size", "\"big\"", "*'hidden_size'*\"big\"*number*")]
    [TestCase("hidden_size", "1e30", "*'hidden_size'*whole number*")]
    [TestCase("vocab_size", "null", "*'vocab_size'*missing*")]
    [TestCase("eos_token_id", "640", "*'eos_token_id'*640*639*")]
    [TestCase("eos_token_id", "\"x\"", "*'eos_token_id'*token id*")]
    [TestCase("torch_dtype", "\"int4\"", "*'torch_dtype'*int4*bfloat16*")]
    public void Parse_Unsupported_NamesKeyValueAndExpectation(string key, string value, string message)
    {
        JsonNode json = JsonNode.Parse(Old)!;
        json[key] = JsonNode.Parse(value);
        FluentActions.Invoking(() => ModelConfigFile.Parse(json.ToJsonString(), "some/config.json"))
            .Should().Throw<ModelConfigException>().WithMessage("some/config.json" + message).Which.Key.Should().NotBeNull();
    }

    [TestCase("[]")]
    [TestCase("{")]
    [TestCase("{\"a\":1,\"a\":2}")]
    public void Parse_NoObject_IsCheckpointError(string json)
        => FluentActions.Invoking(() => ModelConfigFile.Parse(json, "some/config.json")).Should().Throw<CheckpointException>().WithMessage("some/config.json*");
}
