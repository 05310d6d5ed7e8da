using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Testing;
using Mel.Transformers.Adapters;

namespace Mel.Transformers.Tests.Models;

/// <summary>What an <c>adapter_config.json</c> means for a model of two layers, and which forms of adapters are refused by name.</summary>
[TestFixture, NoTensorLeaks]
public sealed class AdapterFolderTests
{
    private static readonly string[] Names = [.. Enumerable.Range(0, 2).SelectMany(layer => new[] { "q", "k", "v", "o" }.Select(p => $"model.layers.{layer}.self_attn.{p}_proj")
        .Concat(new[] { "gate", "up", "down" }.Select(p => $"model.layers.{layer}.mlp.{p}_proj")))];

    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mel-adapter-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("""["v_proj"]""", "", "0v 1v")]
    [TestCase("""["self_attn.v_proj", "down_proj"]""", "", "0v 0down 1v 1down")]
    [TestCase("""["model.layers.1.mlp.up_proj"]""", "", "1up")]
    [TestCase("\".*\\\\.1\\\\.self_attn\\\\.[kv]_proj\"", "", "1k 1v")]
    [TestCase("\"all-linear\"", """, "exclude_modules": ".*(mlp|self_attn)\\.(.|up|gate)_proj" """, "0down 1down")]
    [TestCase("\"all-linear\"", """, "exclude_modules": ["q_proj", "k_proj", "v_proj", "o_proj", "mlp.up_proj", "gate_proj"] """, "0down 1down")]
    [TestCase("""["q_proj"]""", """, "layers_to_transform": 1 """, "1q")]
    [TestCase("""["q_proj"]""", """, "layers_to_transform": [0, 5], "layers_pattern": "layers" """, "0q")]
    // A module that is named whole is meant whatever the layers are.
    [TestCase("""["model.layers.0.self_attn.o_proj", "q_proj"]""", """, "layers_to_transform": [1] """, "0o 1q")]
    public void Read_Targets_MeanTheModulesThatPeftMeans(string targets, string more, string expected)
    {
        LoraPlan plan = Read($$"""{"peft_type": "LORA", "r": 2, "lora_alpha": 3, "target_modules": {{targets}}{{more}}}""");
        Names.Where(name => plan.Find(name) is not null).Select(name => name.Split('.')[2] + name.Split('.')[^1].Split('_')[0]).Should().Equal(expected.Split(' '));
    }

    [Test]
    public void Read_Patterns_FirstMatchGivesRankAndFactor()
    {
        LoraPlan plan = Read("""
            {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], "use_rslora": true,
             "rank_pattern": {"layers.1.self_attn.q_proj": 16, "q_proj": 9}, "alpha_pattern": {".*1.*v_proj": 6}}
            """);
        plan.Find("model.layers.0.self_attn.q_proj").Should().Be(new AdapterShape(9, 8 / 3.0));
        plan.Find("model.layers.1.self_attn.q_proj").Should().Be(new AdapterShape(16, 2));
        plan.Find("model.layers.0.self_attn.v_proj").Should().Be(new AdapterShape(4, 4));
        plan.Find("model.layers.1.self_attn.v_proj").Should().Be(new AdapterShape(4, 3));
        plan.Find("model.layers.1.self_attn.k_proj").Should().BeNull();
    }

    [TestCase("alora_invocation_tokens", "[5, 6]", "*'alora_invocation_tokens'*[5,6]*acts only behind these tokens*")]
    [TestCase("init_lora_weights", "\"pissa_niter_16\"", "*'init_lora_weights'*pissa_niter_16*base weights that were changed*")]
    [TestCase("init_lora_weights", "\"olora\"", "*'init_lora_weights'*olora*")]
    [TestCase("init_lora_weights", "\"loftq\"", "*'init_lora_weights'*loftq*")]
    [TestCase("use_qalora", "true", "*'use_qalora'*true*false*")]
    [TestCase("loftq_config", "{\"loftq_bits\": 4}", "*'loftq_config'*loftq_bits*none*")]
    [TestCase("trainable_token_indices", "[1]", "*'trainable_token_indices'*[1]*none*")]
    [TestCase("target_parameters", "[\"mlp.experts\"]", "*'target_parameters'*experts*none*")]
    [TestCase("a_form_of_tomorrow", "0.5", "*'a_form_of_tomorrow'*0.5*none*")]
    [TestCase("peft_type", "\"ADALORA\"", "*'peft_type'*ADALORA*LORA*")]
    [TestCase("bias", "\"all\"", "*'bias'*all*none*")]
    [TestCase("target_modules", "[\"lm_head\", \"q_proj\"]", "*'target_modules'*lm_head*projections*")]
    [TestCase("target_modules", "[\"query_key_value\"]", "*'target_modules'*no projection of this model*")]
    [TestCase("target_modules", "\"(\"", "*'target_modules'*no expression that is understood*")]
    [TestCase("target_modules", "\"(.*)*x(.*)*x(.*)*x(.*)*y\"", "*'target_modules'*")]
    [TestCase("rank_pattern", "{\"q_proj\": 1.5}", "*'rank_pattern'*1.5*whole number*")]
    public void Read_AnotherForm_IsRefusedByName(string key, string value, string message)
    {
        JsonObject json = JsonNode.Parse("""{"peft_type": "LORA", "r": 2, "lora_alpha": 3, "target_modules": ["q_proj"]}""")!.AsObject();
        json[key] = JsonNode.Parse(value);
        FluentActions.Invoking(() => Names.Count(name => Read(json.ToJsonString()).Find(name) is not null)).Should().Throw<CheckpointException>().WithMessage(message);
    }

    private LoraPlan Read(string json)
    {
        File.WriteAllText(Path.Combine(_folder, PeftConfig.FileName), json);
        return PeftConfig.Read(_folder, Names);
    }
}
