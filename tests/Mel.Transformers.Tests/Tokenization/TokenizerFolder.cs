using System.Text.Json.Nodes;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>A temporary model folder with a small tokenizer in it: 256 bytes (id = byte), the given merges from id 256 on, and added tokens from id 1000 on.</summary>
internal sealed class TokenizerFolder : IDisposable
{
    public const string QwenPattern = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public TokenizerFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "mel-tokenizer-" + Guid.NewGuid().ToString("N"));

    public string File => System.IO.Path.Combine(Path, "tokenizer.json");

    public static JsonObject Json(IEnumerable<(string Left, string Right)>? merges = null, params (string Text, bool Special)[] added)
    {
        var vocab = new JsonObject();
        for (int value = 0; value < 256; value++) vocab[Spell((byte)value)] = value;
        var pairs = new JsonArray();
        foreach ((string left, string right) in merges ?? [])
        {
            vocab.TryAdd(left + right, vocab.Count);
            pairs.Add(new JsonArray(left, right));
        }
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray([.. added.Select((token, i) => AddedToken(1000 + i, token.Text, token.Special))]),
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = QwenPattern },
                    ["behavior"] = "Isolated", ["invert"] = false },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false }),
            },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel" },
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = vocab, ["merges"] = pairs },
        };
    }

    public static JsonObject AddedToken(int id, string text, bool special) =>
        new() { ["id"] = id, ["content"] = text, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false,
            ["special"] = special };

    /// <summary>A byte in the byte-level alphabet, by the rule of its first publication (GPT-2).</summary>
    public static string Spell(byte value)
    {
        bool Printable(int b) => b is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255);
        return ((char)(Printable(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Printable(b)))).ToString();
    }

    public static string Spell(string text) => string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(Spell));

    public static HuggingFaceTokenizer Tokenizer(JsonObject json)
    {
        using var folder = new TokenizerFolder();
        folder.Write(json);
        return HuggingFaceTokenizer.Load(folder.Path);
    }

    public void Write(JsonObject json) => System.IO.File.WriteAllText(File, json.ToJsonString());

    public void Write(string name, string text) => System.IO.File.WriteAllText(System.IO.Path.Combine(Path, name), text);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
