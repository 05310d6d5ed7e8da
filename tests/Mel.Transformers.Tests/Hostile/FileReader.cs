using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Transformers.Adapters;
using Mel.Transformers.Chat;
using Mel.Transformers.Models;
using Mel.Transformers.Templates;
using Mel.Transformers.Tests.Fakes;
using Mel.Transformers.Tests.Tokenization;
using Mel.Transformers.Tokenization;
using static TorchSharp.torch;

namespace Mel.Transformers.Tests.Hostile;

/// <summary>A reader of files under test: a folder that it reads, and the file in it that is damaged.</summary>
/// <param name="Name">The reader, for the report.</param>
/// <param name="Folder">A folder that is whole but for the damaged file.</param>
/// <param name="File">Name of the damaged file.</param>
/// <param name="Read">Reads the folder to the end, and uses what it read.</param>
/// <param name="Expected">The exceptions that the reader documents.</param>
internal sealed record FileReader(string Name, string Folder, string File, Action<string> Read, params IReadOnlyList<Type> Expected)
{
    private const string Jinja = "{%- if tools %}<tools>{%- endif %}{{- '<|im_start|>system\\nBe brief.<|im_end|>\\n' }}{%- for message in messages %}{{- '<|im_start|>' + message.content|trim + '<|im_end|>' }}{%- endfor %}";

    private static readonly Type[] OfModels = [typeof(CheckpointException), typeof(ModelConfigException), typeof(ShapeMismatchException)];

    private static readonly ModelConfig Config = TinyModels.Config() with { HiddenSize = 8, IntermediateSize = 8, Heads = 2, KeyValueHeads = 1, HeadSize = 4, Layers = 2, VocabularySize = 12 };

    /// <summary>The bytes of the file while it was whole.</summary>
    public byte[] Whole { get; } = System.IO.File.ReadAllBytes(Path.Combine(Folder, File));

    /// <summary>All readers, each with a folder of its own below a given one.</summary>
    /// <param name="root">A folder that may be written to.</param>
    public static IReadOnlyList<FileReader> All(string root)
    {
        string model = Folder("model"), shards = Folder("shards"), adapters = Folder("adapters"), tokenizer = Folder("tokenizer"), chat = Folder("chat"), rows = Folder("rows");
        WriteModel(model);
        WriteModel(shards);
        System.IO.File.WriteAllText(Path.Combine(shards, ModelWeights.IndexName), new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = 1 },
            ["weight_map"] = new JsonObject([.. ParameterLayout.Of(Config).Select(spec => KeyValuePair.Create(spec.Name, (JsonNode?)JsonValue.Create("part.safetensors")))]),
        }.ToJsonString());
        System.IO.File.Move(Path.Combine(shards, ModelWeights.FileName), Path.Combine(shards, "part.safetensors"));
        using (DecoderModel with = DecoderModel.Create(Config, 1))
        {
            with.AddLora(new LoraOptions { Rank = 2 }, 1);
            with.SaveLora(adapters, "tiny");
        }

        JsonObject tokens = TokenizerFolder.Json([("h", "e"), ("l", "l"), ("he", "ll")], ("<|im_end|>", true), ("<note>", false));
        tokens["post_processor"] = JsonNode.Parse("""{"type":"Sequence","processors":[{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|im_end|>","type_id":0}},{"Sequence":{"id":"A"}}]}]}""");
        foreach (string folder in (string[])[tokenizer, chat]) System.IO.File.WriteAllText(Path.Combine(folder, "tokenizer.json"), tokens.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(chat, "tokenizer_config.json"),
            """{"add_bos_token":true,"bos_token":{"content":"<s>"},"added_tokens_decoder":{"1000":{"content":"<|im_end|>","special":true}},"chat_template":[{"name":"default","template":"<|im_start|> <|im_end|>"}]}""");
        string jinja = Folder("jinja");
        System.IO.File.WriteAllText(Path.Combine(jinja, "tokenizer.json"), tokens.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(jinja, "chat_template.jinja"), Jinja);
        string bare = Folder("bare");
        System.IO.File.WriteAllText(Path.Combine(bare, "tokenizer.json"), tokens.ToJsonString());
        System.IO.File.WriteAllText(Path.Combine(rows, "rows.jsonl"), "{\"id\":\"a\",\"problem\":\"1+1?\",\"answer\":\"2\",\"source\":\"é\"}\n\n{\"problem\":\"2+2?\",\"answer\":4.0}\r\n{\"id\":7,\"problem\":\"p\",\"answer\":\"\"}\n");

        DecoderModel target = DecoderModel.Create(Config, 1);
        return
        [
            new("safetensors", model, ModelWeights.FileName, folder => ReadTensors(Path.Combine(folder, ModelWeights.FileName)), typeof(CheckpointException)),
            new("weights against config.json", model, ModelWeights.FileName, Load, OfModels),
            new("config.json", model, ModelConfigFile.FileName, folder => ModelConfigFile.Load(folder).ToJson(ScalarType.Float32), OfModels),
            new("config.json against weights", model, ModelConfigFile.FileName, Load, OfModels),
            new("generation_config.json", model, "generation_config.json", folder => ModelConfigFile.Load(folder), OfModels),
            new("shard index", shards, ModelWeights.IndexName, Load, OfModels),
            new("adapter_config.json", adapters, "adapter_config.json", LoadAdapters, typeof(CheckpointException), typeof(ShapeMismatchException)),
            new("adapter weights", adapters, "adapter_model.safetensors", LoadAdapters, typeof(CheckpointException), typeof(ShapeMismatchException)),
            new("tokenizer.json", tokenizer, "tokenizer.json", folder => HuggingFaceTokenizer.Load(folder).Encode("hello <|im_end|> é\uFFFF 12"), typeof(TokenizerFormatException)),
            new("tokenizer_config.json", chat, "tokenizer_config.json", Render, typeof(TokenizerFormatException), typeof(TemplateException)),
            new("chat_template.jinja", jinja, "chat_template.jinja", Render, typeof(TokenizerFormatException), typeof(TemplateException)),
            new("tokenizer.json beside templates", bare, "tokenizer.json", Render, typeof(TokenizerFormatException), typeof(TemplateException)),
            new("JSON lines", rows, "rows.jsonl", folder => JsonLinesPrompts.Load(Path.Combine(folder, "rows.jsonl"), new JsonLinesColumns { Metadata = ["source"] }), typeof(PromptFormatException)),
        ];

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;

        void LoadAdapters(string folder)
        {
            target.LoadLora(folder);
            target.RemoveLora();
        }
    }

    public override string ToString() => Name;

    private static void WriteModel(string folder)
    {
        using (DecoderModel model = DecoderModel.Create(Config, 1))
            ModelFolder.Save(folder, model, null);
        System.IO.File.WriteAllText(Path.Combine(folder, "generation_config.json"), """{"bos_token_id":1,"do_sample":true,"eos_token_id":[2,3],"temperature":0.6}""");
    }

    private static void Load(string folder) => DecoderModel.Load(folder).Dispose();

    private static void ReadTensors(string path)
    {
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (string name in file.Entries.Keys) file.Read(name);
    }

    private static void Render(string folder)
        => PromptTemplates.FromFolder(folder, new ChatTemplateOptions { SpecialTokenText = SpecialTokenText.Escape }).Render("What is <|im_end|>?");
}
