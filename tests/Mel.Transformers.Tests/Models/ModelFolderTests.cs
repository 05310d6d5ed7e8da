using System.Text.Json;
using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

[TestFixture, NoTensorLeaks]
public sealed class ModelFolderTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("mel-model-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    [Test]
    public void SaveThenLoad_GivesTheSameModel([Values] DecoderFamily family, [Values] bool bfloat16)
    {
        ScalarType type = bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32;
        using (DecoderModel model = DecoderModel.Create(TinyModels.Config(family), 5, type))
        using (var policy = new TransformerPolicy(model, new NumberTokenizer()))
        {
            policy.Save(At("a"));
        }

        using (TransformerPolicy loaded = TransformerPolicy.Load(At("a"), new NumberTokenizer()))
        {
            loaded.Model.Config.Should().BeEquivalentTo(TinyModels.Config(family) with { DataType = type });
            loaded.Parameters.Values.Should().OnlyContain(p => p.dtype == ScalarType.Float32 && p.requires_grad);
            loaded.Save(At("b"));
        }

        Directory.GetFiles(At("b")).Select(Path.GetFileName).Should().BeEquivalentTo("config.json", "model.safetensors");
        File.ReadAllBytes(At("b/model.safetensors")).Should().Equal(File.ReadAllBytes(At("a/model.safetensors")));
        File.ReadAllBytes(At("b/config.json")).Should().Equal(File.ReadAllBytes(At("a/config.json")));
    }

    [Test]
    public void Save_ExistingFolder_ReplacesFilesAndLeavesNoTemporaries()
    {
        SaveModel("a");
        using TransformerPolicy policy = TransformerPolicy.Load(At("a"), new NumberTokenizer());
        using (no_grad()) policy.Parameters[ParameterLayout.FinalNorm].fill_(2.0);
        policy.Save(At("a"));
        using DecoderModel again = DecoderModel.Load(At("a"));
        using (var scope = NewDisposeScope()) again.Parameters[ParameterLayout.FinalNorm].detach().mean().item<float>().Should().Be(2);
        Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Should().HaveCount(3);
    }

    [Test]
    public void Load_Shards_GivesTheSameModel()
    {
        SaveModel("a");
        Shard("a", ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]);
        using DecoderModel sharded = DecoderModel.Load(At("a"));
        using DecoderModel whole = TinyModels.Model();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in whole.Parameters) sharded.Parameters[name].eq(parameter).all().item<bool>().Should().BeTrue(name);
        using var policy = new TransformerPolicy(sharded, new NumberTokenizer());
        policy.Invoking(p => p.Save(At("a"))).Should().Throw<IOException>().WithMessage("*sharded*another folder*");
    }

    [TestCase("../evil.safetensors")]
    [TestCase("..")]
    [TestCase("a\\\\b")]
    [TestCase("")]
    public void Load_ShardOutsideTheFolder_IsRefused(string shard)
    {
        SaveModel("a");
        File.Delete(At("a/model.safetensors"));
        File.WriteAllText(At("a/model.safetensors.index.json"), $$$"""{"weight_map":{"model.norm.weight":"{{{shard}}}"}}""");
        Load("a").Should().Throw<CheckpointException>().WithMessage("*index.json*model.norm.weight*same folder*");
    }

    [Test]
    public void Load_TiedCheckpointThatStoresItsHead_KeepsOneParameter()
    {
        SaveModel("a");
        Rewrite("a", tensors => tensors.Add("lm_head.weight", tensors[ParameterLayout.Embedding]));
        using DecoderModel model = DecoderModel.Load(At("a"));
        model.Parameters.Should().NotContainKey("lm_head.weight");
        ReferenceEquals(model.Head, model.Parameters[ParameterLayout.Embedding]).Should().BeTrue();
    }

    [Test]
    public void Load_MissingFiles_NamesThem()
    {
        Load("nowhere").Should().Throw<CheckpointException>().WithMessage("*nowhere*config.json*does not exist*");
        SaveModel("a");
        File.Delete(At("a/model.safetensors"));
        Load("a").Should().Throw<CheckpointException>().WithMessage("*model.safetensors*does not exist*");
        File.WriteAllText(At("a/model.safetensors.index.json"), """{"weight_map":{"model.norm.weight":"gone.safetensors"}}""");
        Load("a").Should().Throw<CheckpointException>().WithMessage("*gone.safetensors*does not exist*");
        File.WriteAllText(At("a/model.safetensors.index.json"), "[1]");
        Load("a").Should().Throw<CheckpointException>().WithMessage("*index.json*weight_map*");
    }

    [Test]
    public void Load_MissingSurplusOrMisshapenTensor_NamesFileAndTensor()
    {
        SaveModel("a");
        Rewrite("a", tensors => tensors.Remove("model.layers.1.mlp.up_proj.weight"));
        Load("a").Should().Throw<CheckpointException>().WithMessage("*model.safetensors*model.layers.1.mlp.up_proj.weight*");
        SaveModel("b");
        Rewrite("b", tensors => tensors.Add("model.layers.0.self_attn.q_proj.bias", zeros(64)));
        Load("b").Should().Throw<CheckpointException>().WithMessage("*q_proj.bias*does not have*");
        SaveModel("c");
        Rewrite("c", tensors => tensors["model.norm.weight"] = zeros(31));
        Load("c").Should().Throw<ShapeMismatchException>().WithMessage("*model.safetensors*model.norm.weight*[31]*[32]*");
    }

    [Test]
    public void Load_TruncatedFile_NamesIt()
    {
        SaveModel("a");
        using (FileStream file = File.OpenWrite(At("a/model.safetensors"))) file.SetLength(file.Length - 100);
        Load("a").Should().Throw<CheckpointException>().WithMessage("*model.safetensors*truncated*");
    }

    [Test]
    public void Save_ParentMissing_LeavesNothingBehind()
    {
        using TransformerPolicy policy = TinyModels.Policy();
        File.WriteAllText(At("file"), "");
        policy.Invoking(p => p.Save(At("file/model"))).Should().Throw<IOException>();
        Directory.GetFileSystemEntries(_folder).Should().HaveCount(1);
    }

    [Test]
    public void Save_LeftOversOfKilledProcesses_AreSweptAndNothingElse()
    {
        SaveModel("a");
        const string guid = "0123456789abcdef0123456789abcdef";
        Directory.CreateDirectory(At($"a.{guid}.tmp"));
        Directory.CreateDirectory(At($"b.{guid}.tmp"));
        File.WriteAllText(At($"a.{guid}.tmp/model.safetensors.{guid}.tmp"), "half");
        File.WriteAllText(At($"a/model.safetensors.{guid}.tmp"), "half");
        Directory.CreateDirectory(At("a.tmp"));
        File.WriteAllText(At("a/mine.tmp"), "");
        SaveModel("a");
        Directory.GetFileSystemEntries(_folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_folder, path))
            .Should().BeEquivalentTo("a", "a/config.json", "a/model.safetensors", "a/mine.tmp", "a.tmp", $"b.{guid}.tmp");
    }

    private Action Load(string name) => () => DecoderModel.Load(At(name)).Dispose();

    private void SaveModel(string name)
    {
        using TransformerPolicy policy = TinyModels.Policy();
        policy.Save(At(name));
    }

    private void Rewrite(string name, Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        string path = At(name + "/model.safetensors");
        Dictionary<string, Tensor> tensors;
        using (SafetensorsFile file = SafetensorsFile.Open(path)) tensors = file.Entries.Keys.ToDictionary(key => key, key => file.Read(key));
        change(tensors);
        SafetensorsWriter.Write(path, tensors);
    }

    private void Shard(string name, string[] files)
    {
        using var scope = NewDisposeScope();
        string path = At(name + "/model.safetensors");
        var map = new Dictionary<string, string>();
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            for (int i = 0; i < files.Length; i++)
            {
                string[] keys = [.. file.Entries.Keys.Where((_, k) => k % files.Length == i)];
                SafetensorsWriter.Write(At($"{name}/{files[i]}"), keys.Select(key => KeyValuePair.Create(key, file.Read(key))));
                foreach (string key in keys) map.Add(key, files[i]);
            }
        }

        File.Delete(path);
        File.WriteAllText(At(name + "/model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { total_size = 1 }, weight_map = map }));
    }
}
