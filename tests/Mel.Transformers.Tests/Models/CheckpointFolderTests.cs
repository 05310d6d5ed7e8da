using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Testing;
using Mel.Transformers.Models;
using Mel.Transformers.Tests.Fakes;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Models;

/// <summary>Folders whose weights are not what their configuration and their names say: read as what they are, or refused by name.</summary>
[TestFixture, NoTensorLeaks]
public sealed class CheckpointFolderTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("mel-checkpoint-").FullName;
        using TransformerPolicy policy = TinyModels.Policy();
        policy.Save(_folder);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    private string Weights => At("model.safetensors");

    private Action Load => () => DecoderModel.Load(_folder).Dispose();

    private string At(string name) => Path.Combine(_folder, name);

    [Test]
    public void Load_TiedButHeadDiffers_IsRefusedByName()
    {
        Rewrite(tensors => tensors.Add(ParameterLayout.Head, tensors[ParameterLayout.Embedding].clone()));
        Load.Should().NotThrow();
        Rewrite(tensors => tensors[ParameterLayout.Head][3, 5].add_(0.5f));
        Load.Should().Throw<CheckpointException>().WithMessage("*lm_head.weight*differs from the embedding*tie_word_embeddings*false*");
    }

    [Test]
    public void Load_TiedAndOnlyHeadStored_IsReadAndSaid()
    {
        Rewrite(tensors =>
        {
            tensors.Remove(ParameterLayout.Embedding, out Tensor? embedding);
            tensors.Add(ParameterLayout.Head, embedding!);
        });
        RequireSameModel("*only under the name of the head*");
    }

    [TestCase("_orig_mod.", "*'_orig_mod.'*")]
    [TestCase("module.", "*'module.'*")]
    [TestCase("module._orig_mod.", "*'module.'*")]
    public void Load_NamesWithTheMarkOfAWrapper_AreReadAndSaid(string prefix, string notice)
    {
        Rename(name => prefix + name);
        RequireSameModel(notice);
    }

    [Test]
    public void Load_NamesWithMarksInside_AreReadAndSaid()
    {
        Rename(name => name.Replace("model.layers.1.", "model.layers.1._fsdp_wrapped_module.", StringComparison.Ordinal));
        RequireSameModel("*'_fsdp_wrapped_module.'*");
    }

    [Test]
    public void Load_NamesOfTheModelWithoutItsHead_AreReadAndSaid()
    {
        Rename(name => name["model.".Length..]);
        RequireSameModel("*lack 'model.'*");
    }

    [Test]
    public void Load_SameParameterUnderTwoNames_IsRefused()
    {
        Rewrite(tensors => tensors.Add("module.model.norm.weight", tensors["model.norm.weight"].clone()));
        Load.Should().Throw<CheckpointException>().WithMessage("*second time*model.norm.weight*");
    }

    [Test]
    public void Load_SingleFileBesideShards_IsRefused()
    {
        using (var scope = NewDisposeScope())
        using (SafetensorsFile file = SafetensorsFile.Open(Weights))
        {
            SafetensorsWriter.Write(At("model-00001-of-00001.safetensors"), file.Entries.Keys.Select(name => KeyValuePair.Create(name, file.Read(name))));
            Index(file.Entries.Keys, "model-00001-of-00001.safetensors");
        }

        Load.Should().Throw<CheckpointException>().WithMessage("*index.json*model.safetensors*stale*");
        File.Delete(Weights);
        Load.Should().NotThrow();
    }

    [Test]
    public void Load_IndexOfTheSingleFile_IsRead()
    {
        using (SafetensorsFile file = SafetensorsFile.Open(Weights)) Index(file.Entries.Keys, "model.safetensors");
        Load.Should().NotThrow();
    }

    [Test]
    public void Load_WholeNumbers_AreRefusedAsQuantized()
    {
        Rewrite(tensors => tensors["model.layers.0.mlp.up_proj.weight"] = ones(48, 32, dtype: ScalarType.Int8));
        Load.Should().Throw<CheckpointException>().WithMessage("*model.layers.0.mlp.up_proj.weight*Int8*quantized*");
    }

    [TestCase("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n", "*model.safetensors*Git LFS pointer*git lfs pull*")]
    [TestCase("<!DOCTYPE html><html><body>Sign in</body></html>", "*model.safetensors*web page*download*")]
    [TestCase("GGUF\u0003\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000", "*model.safetensors*GGUF*")]
    [TestCase("PK\u0003\u0004aaaaaaaaaaaaa", "*model.safetensors*pickle*never opened*")]
    [TestCase("Entry not found", "*model.safetensors*answer of a server*")]
    public void Load_AnotherFileUnderTheName_IsNamedAsWhatItIs(string content, string message)
    {
        File.WriteAllText(Weights, content);
        Load.Should().Throw<CheckpointException>().WithMessage(message);
        File.WriteAllText(At("config.json"), content);
        Load.Should().Throw<CheckpointException>().WithMessage(message.Replace("model.safetensors", "config.json", StringComparison.Ordinal));
    }

    [TestCase("pytorch_model.bin", "*'pytorch_model.bin'*pickle*safetensors*")]
    [TestCase("tiny-q4.gguf", "*'tiny-q4.gguf'*GGUF*safetensors*")]
    [TestCase("consolidated.00.pth", "*'consolidated.00.pth'*pickle*")]
    [TestCase("adapter_config.json", "*adapter*LoadLora*")]
    public void Load_OtherFilesInstead_AreNamed(string name, string message)
    {
        File.Move(Weights, At(name));
        Load.Should().Throw<CheckpointException>().WithMessage(message);
    }

    [Test]
    public void Save_SourceFolderGone_WritesNothing()
    {
        string target = At("saved");
        using TransformerPolicy policy = TransformerPolicy.Load(_folder, new NumberTokenizer());
        File.Move(At("config.json"), At("config.gone"));
        policy.Invoking(p => p.Save(target)).Should().Throw<CheckpointException>().WithMessage("*config.json*was there*Nothing was written*");
        policy.Invoking(p => p.Save(target, ScalarType.BFloat16)).Should().Throw<CheckpointException>();
        Directory.Exists(target).Should().BeFalse();
        File.Move(At("config.gone"), At("config.json"));
        policy.Save(target);
        using TransformerPolicy again = TransformerPolicy.Load(target, new NumberTokenizer());
    }

    [Test]
    public void Save_ChangeTooSmallForTheType_SaysWhatShareWasKept()
    {
        string narrow = At("bfloat16");
        using (TransformerPolicy policy = TransformerPolicy.Load(_folder, new NumberTokenizer())) policy.Save(narrow, ScalarType.BFloat16);
        using TransformerPolicy read = TransformerPolicy.Load(narrow, new NumberTokenizer());
        long weights = read.Model.Config.ParameterCount;
        read.Save(At("same")).Should().BeEquivalentTo(new { Weights = weights, Changed = (long?)0, Kept = (long?)0, KeptShare = (double?)null });
        using (no_grad())
        using (NewDisposeScope())
        {
            // bfloat16 has eight bits of precision: next to 1 it tells 1/128 apart, and 1/1,000 not.
            Tensor norm = read.Parameters["model.norm.weight"];                         // 32 ones
            norm.add_(0.001f);
            norm.narrow(0, 0, 8).add_(0.5f);
        }

        SaveReport report = read.Save(At("trained"));
        report.Should().BeEquivalentTo(new { Weights = weights, Changed = (long?)32, Kept = (long?)8, KeptShare = (double?)0.25 });
        read.Save(At("wide"), ScalarType.Float32).Changed.Should().BeNull("nothing is rounded");
    }

    [Test]
    public void Load_NaNInTheConfiguration_HarmsNothingThatIsNotAsked()
    {
        string config = File.ReadAllText(At("config.json"));
        File.WriteAllText(At("config.json"), config.Replace("\"use_cache\": true", "\"note\": \"Infinity\\\" NaN\", \"a_loss\": NaN, \"b\": -Infinity", StringComparison.Ordinal));
        using TransformerPolicy policy = TransformerPolicy.Load(_folder, new NumberTokenizer());
        policy.Save(At("narrow"), ScalarType.BFloat16);
        File.ReadAllText(At("narrow/config.json")).Should().Contain("\"a_loss\": NaN").And.Contain("\"b\": -Infinity");
        File.WriteAllText(At("config.json"), config.Replace("\"rope_theta\": 10000", "\"rope_theta\": NaN", StringComparison.Ordinal));
        Load.Should().Throw<ModelConfigException>().WithMessage("*'rope_theta'*NaN*finite number*");
    }

    [Test]
    public void Load_NoStopToken_IsAnErrorThatNamesTheOption()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(At("config.json")))!;
        config["eos_token_id"] = null;
        File.WriteAllText(At("config.json"), config.ToJsonString());
        FluentActions.Invoking(() => TransformerPolicy.Load(_folder, new NumberTokenizer())).Should().Throw<ModelConfigException>()
            .WithMessage("*config.json*'eos_token_id'*TransformerPolicyOptions.StopTokenIds*");
        using TransformerPolicy none = TransformerPolicy.Load(_folder, new NumberTokenizer(), null, new TransformerPolicyOptions { StopTokenIds = [] });
        none.StopTokenIds.Should().BeEmpty();
        File.WriteAllText(At("generation_config.json"), """{"eos_token_id": [9, 4]}""");
        config["eos_token_id"] = 7;
        File.WriteAllText(At("config.json"), config.ToJsonString());
        using TransformerPolicy both = TransformerPolicy.Load(_folder, new NumberTokenizer());
        both.StopTokenIds.Should().Equal(9, 4, 7);
    }

    private void Index(IEnumerable<string> names, string file)
        => File.WriteAllText(At("model.safetensors.index.json"), JsonSerializer.Serialize(new { weight_map = names.ToDictionary(name => name, _ => file) }));

    private void Rename(Func<string, string> change) => Rewrite(tensors =>
    {
        foreach (var (name, tensor) in tensors.ToArray())
        {
            tensors.Remove(name);
            tensors.Add(change(name), tensor);
        }
    });

    private void Rewrite(Action<Dictionary<string, Tensor>> change)
    {
        using var scope = NewDisposeScope();
        Dictionary<string, Tensor> tensors;
        using (SafetensorsFile file = SafetensorsFile.Open(Weights)) tensors = file.Entries.Keys.ToDictionary(key => key, key => file.Read(key));
        change(tensors);
        SafetensorsWriter.Write(Weights, tensors);
    }

    private void RequireSameModel(string notice)
    {
        using DecoderModel loaded = DecoderModel.Load(_folder), made = TinyModels.Model();
        using var scope = NewDisposeScope();
        loaded.Notices.Should().ContainSingle().Which.Should().Match(notice);
        loaded.Parameters.Keys.Should().BeEquivalentTo(made.Parameters.Keys);
        foreach (var (name, parameter) in made.Parameters) loaded.Parameters[name].eq(parameter).all().item<bool>().Should().BeTrue(name);
    }
}
