using System.Diagnostics;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Runtime;
using Mel.Testing;
using Mel.Transformers.Adapters;
using Mel.Transformers.Chat;
using Mel.Transformers.Models;
using Mel.Transformers.Templates;
using Mel.Transformers.Tests.Fakes;
using Mel.Transformers.Tests.Tokenization;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Hostile;

/// <summary>Small files with large claims, files that are no files, text that is no text: a typed error each, at once and in little memory.</summary>
[TestFixture, NonParallelizable, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class HostileFileTests : IDisposable
{
    private const long MostBytes = 64_000_000;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase(int.MaxValue)]
    [TestCase(100_000_000)]
    [TestCase(1_000_000)]
    [TestCase(3)]
    public void LoadLora_RankThatTheWeightsDoNotHave_IsRefusedBeforeAnythingIsBuilt(int rank)
    {
        using DecoderModel model = TinyModels.Model();
        using (DecoderModel with = TinyModels.Model())
        {
            with.AddLora(new LoraOptions { Rank = 2 }, 1);
            with.SaveLora(_folder.Path);
        }

        EditJson("adapter_config.json", json => json["r"] = rank);
        NativeMemory.PeakOf(() => model.Invoking(m => m.LoadLora(_folder.Path)).Should().Throw<ShapeMismatchException>()
            .WithMessage($"*adapter_model.safetensors*q_proj.lora_A.weight*[2, 32]*[{rank}, 32]*")).Should().BeLessThan(MostBytes);
        model.Lora.Should().BeNull();
        File.Delete(_folder.File("adapter_model.safetensors"));
        model.Invoking(m => m.LoadLora(_folder.Path)).Should().Throw<CheckpointException>().WithMessage("*adapter_model.safetensors*does not exist*");
    }

    [Test]
    public void AddLora_RankBeyondTheMachine_IsRefused()
    {
        using DecoderModel model = TinyModels.Model();
        model.Invoking(m => m.AddLora(new LoraOptions { Rank = int.MaxValue }, 1)).Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*Rank*bytes, but the machine has*");
        model.Lora.Should().BeNull();
    }

    [TestCase("r", "-1")]
    [TestCase("r", "1.5")]
    [TestCase("r", "\"8\"")]
    [TestCase("r", "null")]
    [TestCase("lora_alpha", "1e999")]
    [TestCase("lora_alpha", "\"x\"")]
    [TestCase("peft_type", "7")]
    [TestCase("use_dora", "\"no\"")]
    [TestCase("target_modules", "7")]
    [TestCase("target_modules", "[null]")]
    [TestCase("target_modules", "[]")]
    [TestCase("rank_pattern", "[]")]
    public void LoadLora_ValueOfTheWrongKind_NamesIt(string key, string value)
    {
        using DecoderModel model = TinyModels.Model();
        _folder.Write("adapter_config.json", """{"peft_type":"LORA","bias":"none","r":2,"lora_alpha":4,"target_modules":"all-linear"}""");
        EditJson("adapter_config.json", json => json[key] = JsonNode.Parse(value));
        model.Invoking(m => m.LoadLora(_folder.Path)).Should().Throw<CheckpointException>().Which.Message.Should().NotContain("Object reference").And.MatchRegex($"(?i){key}|Rank|Targets");
    }

    [TestCase("num_hidden_layers", 100_000L)]
    [TestCase("num_hidden_layers", 10_000_000L)]
    [TestCase("num_hidden_layers", 1000L)]
    [TestCase("hidden_size", 1L << 31)]
    [TestCase("hidden_size", 1_000_000L)]
    [TestCase("hidden_size", 131_072L)]
    [TestCase("vocab_size", int.MaxValue)]
    [TestCase("vocab_size", 4_000_000L)]
    [TestCase("intermediate_size", int.MaxValue)]
    [TestCase("intermediate_size", 1_000_000L)]
    [TestCase("head_dim", int.MaxValue - 1)]
    [TestCase("head_dim", 4096L)]
    [TestCase("num_attention_heads", int.MaxValue - 1)]
    [TestCase("num_attention_heads", 4096L)]
    [TestCase("num_key_value_heads", 1L)]
    [TestCase("max_position_embeddings", int.MaxValue)]
    public void Load_ConfigurationThatClaimsMoreThanTheWeightsHold_IsRefusedBeforeAnythingIsBuilt(string key, long value)
    {
        SaveModel();
        EditJson("m/config.json", json => json[key] = value);
        long start = Stopwatch.GetTimestamp();
        NativeMemory.PeakOf(() =>
        {
            Exception error = FluentActions.Invoking(() => DecoderModel.Load(_folder.File("m"))).Should().Throw<Exception>().Which;
            error.Should().Match(e => e is ModelConfigException || e is CheckpointException || e is ShapeMismatchException);
            error.Message.Length.Should().BeLessThan(600);
        }).Should().BeLessThan(MostBytes);
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromSeconds(2));
    }

    [Test]
    public void Create_ModelBeyondTheMachine_IsRefused()
    {
        ModelConfig config = TinyModels.Config() with { Layers = 1024, HiddenSize = 131_072, IntermediateSize = 1 << 20 };
        FluentActions.Invoking(() => DecoderModel.Create(config, 1)).Should().Throw<ModelConfigException>().WithMessage("*bytes, but the machine has*");
    }

    [TestCase("[-1]")]
    [TestCase("-1")]
    [TestCase("[-1, 7]")]
    [TestCase("50")]
    [TestCase("2147483648")]
    [TestCase("7.5")]
    [TestCase("[[7]]")]
    public void Load_StopTokenOutsideTheVocabulary_NamesTheKey(string stop)
    {
        SaveModel();
        File.WriteAllText(_folder.File("m", "generation_config.json"), $$"""{"eos_token_id":{{stop}}}""");
        FluentActions.Invoking(() => ModelConfigFile.Load(_folder.File("m"))).Should().Throw<ModelConfigException>().WithMessage("*generation_config.json*'eos_token_id'*");
        FluentActions.Invoking(() => (TinyModels.Config() with { StopTokenIds = [-1] }).Validate()).Should().Throw<ModelConfigException>().WithMessage("*holds -1*0 to 49*");
    }

    [Test, CancelAfter(60_000)]
    public void Readers_WhatIsNoRegularFile_IsRefusedAtOnce([ValueSource(typeof(SpecialFiles), nameof(SpecialFiles.Kinds))] string kind)
    {
        foreach (FileReader reader in FileReader.All(_folder.Path))
        {
            string path = Path.Combine(reader.Folder, reader.File);
            SpecialFiles.Make(kind, path);
            FluentActions.Invoking(() => reader.Read(reader.Folder)).Should().Throw<Exception>("{0}", reader)
                .Where(e => reader.Expected.Contains(e.GetType())).WithMessage("*give a regular file*");
            if (Directory.Exists(path)) Directory.Delete(path);
            else File.Delete(path);
            File.WriteAllBytes(path, reader.Whole);
        }
    }

    [Test]
    public void Readers_SizesBeyondTheirLimits_AreRefusedUnread()
    {
        foreach (FileReader reader in FileReader.All(_folder.Path).Where(r => !r.File.EndsWith(".safetensors", StringComparison.Ordinal)))
        {
            string path = Path.Combine(reader.Folder, reader.File);
            using (FileStream stream = File.Create(path)) stream.SetLength(300 << 20);       // sparse
            long before = GC.GetAllocatedBytesForCurrentThread();
            FluentActions.Invoking(() => reader.Read(reader.Folder)).Should().Throw<Exception>("{0}", reader).Where(e => reader.Expected.Contains(e.GetType()));
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(MostBytes, "{0}", reader);
            File.WriteAllBytes(path, reader.Whole);
        }
    }

    [TestCase("""["abc"]""", "*added_tokens[0] is a JSON string*object*")]
    [TestCase("""[{"content":"\ud800"}]""", "*unpaired surrogate*")]
    [TestCase("""[{"content":7}]""", "*added_tokens[0].content is a JSON number*")]
    [TestCase("""7""", "*added_tokens is a JSON number*array*")]
    public void Templates_AddedTokensOfTheWrongKind_AreATypedError(string tokens, string message)
    {
        _folder.Write("tokenizer_config.json", "{}");
        _folder.Write("tokenizer.json", $$"""{"added_tokens":{{tokens}}}""");
        FluentActions.Invoking(() => PromptTemplates.FromFolder(_folder.Path, new ChatTemplateOptions { SpecialTokenText = SpecialTokenText.Escape })).Should().Throw<TokenizerFormatException>().WithMessage(message);
    }

    [Test]
    public void Tokenizer_FewTokensAndAnIdFarAhead_IsRefusedBeforeItsTableIsMade()
    {
        JsonObject json = TokenizerFolder.Json(null, ("<a>", true));
        json["added_tokens"]![0]!["id"] = 4_194_303;
        _folder.Write("tokenizer.json", json.ToJsonString());
        long before = GC.GetAllocatedBytesForCurrentThread();
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(_folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage("*largest id is 4,194,303*only 257 tokens*");
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(8_000_000);
    }

    [Test]
    public void Tokenizer_AsManyAddedTokensAsAreRead_TakesMemoryInProportionAndFindsThem()
    {
        const int count = 131_072;
        JsonObject json = TokenizerFolder.Json(null, [.. Enumerable.Range(0, count).Select(i => ($"<|{i:x}-speech|>", false))]);
        string text = json.ToJsonString();
        _folder.Write("tokenizer.json", text);
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(_folder.Path);
        tokenizer.Encode("a<|1ffff-speech|><|0-speech|b<|10-speech|>").Should().Equal([97, 1000 + 0x1FFFF, .. tokenizer.Encode("<|0-speech|b"), 1000 + 0x10]);
        json["added_tokens"]!.AsArray().Add(TokenizerFolder.AddedToken(900, "<one more>", false));
        _folder.Write("tokenizer.json", json.ToJsonString());
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(_folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage("*more than 131,072*");
    }

    [Test]
    public void Template_ThatNeverEnds_IsATypedErrorInBoundedTimeAndMemory()
    {
        _folder.Write("chat_template.jinja", "{% for a in range(99999) %}{% for b in range(99999) %}{{ [a] * 100 }}{% endfor %}{% endfor %}");
        IPromptTemplate template = PromptTemplates.FromFolder(_folder.Path);
        NativeMemory.PeakOf(() => template.Invoking(t => t.Render("x")).Should().Throw<TemplateException>().WithMessage("*line 1, column *")).Should().BeLessThan(MostBytes);
    }

    [Test]
    public void Messages_EndlessTextFromAFile_IsCut()
    {
        SaveModel();
        string whole = File.ReadAllText(_folder.File("m", "config.json")), endless = new('x', 900_000);
        foreach (string key in (string[])["torch_dtype", "model_type", "hidden_act", "hidden_size", "rope_scaling", "layer_types", "eos_token_id", "tie_word_embeddings"])
        {
            JsonNode json = JsonNode.Parse(whole)!;
            json[key] = endless;
            File.WriteAllText(_folder.File("m", "config.json"), json.ToJsonString());
            FluentActions.Invoking(() => DecoderModel.Load(_folder.File("m"))).Should().Throw<ModelConfigException>().WithMessage($"*'{key}'*").Which.ToString().Length.Should().BeLessThan(4000);
        }
    }

    /// <summary>Files that other readers fell over once, each named after its reader.</summary>
    [Test, Category(ReferenceData.Category)]
    public void Readers_FilesThatWereFatalOnce_AreTypedErrors()
    {
        IReadOnlyList<string> files = ReferenceData.Files("cases/rel/files", "*");
        if (files.Count == 0) Assert.Ignore("No reference data.");
        IReadOnlyList<FileReader> readers = FileReader.All(_folder.Path);
        foreach (string file in files)
        {
            string kind = Path.GetFileName(file).Split('-')[0];
            FileReader reader = readers.First(r => r.Name == kind switch
            {
                "lora" => "adapter_config.json",
                "st" => "safetensors",
                "tmpl" => "tokenizer.json beside templates",
                "tok" => "tokenizer.json",
                _ => kind,
            });
            File.Copy(file, Path.Combine(reader.Folder, reader.File), overwrite: true);
            Action read = () => reader.Read(reader.Folder);
            if (kind == "lora") read.Should().NotThrow("{0} is whole; the weights beside it were not", file);
            else read.Should().Throw<Exception>("{0}", file).Where(e => reader.Expected.Contains(e.GetType()));
            File.WriteAllBytes(Path.Combine(reader.Folder, reader.File), reader.Whole);
        }
    }

    private void SaveModel()
    {
        using DecoderModel model = TinyModels.Model();
        ModelFolder.Save(_folder.File("m"), model, null);
    }

    private void EditJson(string name, Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(_folder.File(name)))!;
        change(json);
        File.WriteAllText(_folder.File(name), json.ToJsonString());
    }
}
