using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Transformers.Adapters;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Golden;

/// <summary>Adapters that PEFT saved, on the tiny Qwen3 of golden/families: loaded exactly, or refused by name; saved as PEFT saves them.</summary>
[TestFixture, Category(ReferenceData.Category), NoTensorLeaks]
public sealed class GoldenAdapterTests
{
    private static readonly string[] Refused = ["dora", "bias", "modules-to-save"];

    private static IEnumerable<string> Adapters => ReferenceData.Folders("golden/adapters");

    private static IEnumerable<string> Loaded => Adapters.Where(folder => !Refused.Contains(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Loaded))]
    public void LoadLora_Peft_ScoresAsItDoesThere(string folder)
    {
        using TransformerPolicy policy = Base();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        policy.Model.LoadLora(folder);
        policy.Parameters.Values.Sum(p => p.NumberOfElements).Should().Be(expected.RootElement.GetProperty("trainable").GetInt64());
        int[] ids = GoldenModel.Ints(expected.RootElement.GetProperty("ids"));
        float[] logProbs = GoldenModel.Floats(expected.RootElement.GetProperty("token_logprobs"));
        var batch = new TokenBatch([new TokenSequence(ids.AsMemory(0, 1), ids.AsMemory(1))]);
        Compare(policy, batch, logProbs);
        policy.Model.MergeLora();
        Compare(policy, batch, logProbs);
    }

    [TestCaseSource(nameof(Loaded))]
    public void SaveLora_AfterLoad_IsWhatPeftSaved(string folder)
    {
        string saved = Directory.CreateTempSubdirectory("mel-peft-").FullName;
        try
        {
            using TransformerPolicy policy = Base();
            using var scope = NewDisposeScope();
            policy.Model.LoadLora(folder);
            policy.Model.SaveLora(saved);
            RequireSameTensors(folder, saved, sameBytes: true);
            JsonNode.DeepEquals(Config(saved), Config(folder)).Should().BeTrue("the configuration is written as it was read");
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }
    }

    [Test]
    public void SaveLora_OfItsOwn_HasNamesShapesTypesAndKeysOfPeft()
    {
        string folder = ReferenceData.Require("golden", "adapters", "plain"), saved = Directory.CreateTempSubdirectory("mel-peft-").FullName;
        try
        {
            using TransformerPolicy policy = Base();
            using var scope = NewDisposeScope();
            policy.Model.AddLora(new LoraOptions { Rank = 4, Alpha = 8, Targets = ["q_proj", "v_proj"] }, 1);
            policy.Model.SaveLora(saved, "../../families/qwen3");
            RequireSameTensors(folder, saved, sameBytes: false);
            JsonObject theirs = Config(folder);
            foreach (var (key, value) in Config(saved))
            {
                theirs.Should().ContainKey(key);
                JsonNode.DeepEquals(value, theirs[key]).Should().BeTrue("{0} is {1}, there {2}", key, value, theirs[key]);
            }
        }
        finally
        {
            Directory.Delete(saved, recursive: true);
        }
    }

    [TestCase("dora", "*'use_dora'*true*false*")]
    [TestCase("bias", "*'lora_bias'*true*false*")]
    [TestCase("modules-to-save", "*'modules_to_save'*lm_head*none*")]
    public void LoadLora_AnotherFormOfAdapter_IsRefusedByName(string name, string message)
    {
        using TransformerPolicy policy = Base();
        policy.Model.Invoking(m => m.LoadLora(ReferenceData.Require("golden", "adapters", name))).Should().Throw<CheckpointException>().WithMessage(message);
        policy.Model.Lora.Should().BeNull();
    }

    private static TransformerPolicy Base()
    {
        set_num_threads(1);
        return TransformerPolicy.Load(ReferenceData.Require("golden", "families", "qwen3"), new NumberTokenizer());
    }

    private static void Compare(TransformerPolicy policy, TokenBatch batch, float[] expected)
    {
        Tensor logProbs = policy.Score(batch).LogProbs;
        for (int t = 0; t < expected.Length; t++) logProbs[0, t].item<float>().Should().BeApproximately(expected[t], 5e-5f, "token {0}", t);
    }

    private static JsonObject Config(string folder) => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "adapter_config.json")))!.AsObject();

    private static void RequireSameTensors(string folder, string saved, bool sameBytes)
    {
        using SafetensorsFile theirs = SafetensorsFile.Open(Path.Combine(folder, "adapter_model.safetensors"));
        using SafetensorsFile ours = SafetensorsFile.Open(Path.Combine(saved, "adapter_model.safetensors"));
        ours.Metadata.Should().BeEquivalentTo(theirs.Metadata);
        ours.Entries.Keys.Should().BeEquivalentTo(theirs.Entries.Keys);
        foreach (var (name, entry) in theirs.Entries)
        {
            ours.Entries[name].Shape.Should().Equal(entry.Shape, name);
            ours.Entries[name].DataType.Should().Be(entry.DataType, name);
            if (sameBytes) ours.Read(name).eq(theirs.Read(name)).all().item<bool>().Should().BeTrue(name);
        }
    }
}
