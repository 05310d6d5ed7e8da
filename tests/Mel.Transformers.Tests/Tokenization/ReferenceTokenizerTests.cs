using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Testing;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>
/// Small tokenizers of every kind, put together at random, with the ids and texts that Hugging Face's library (tokenizers 0.23.2) gives for them; and the
/// tokenizers of the reference folder with theirs.
/// </summary>
[TestFixture]
public sealed class ReferenceTokenizerTests
{
    private static IEnumerable<TestCaseData> Synthetic()
    {
        using Stream stream = typeof(ReferenceTokenizerTests).Assembly.GetManifestResourceStream("tokenizers.jsonl")!;
        using var reader = new StreamReader(stream);
        for (int i = 0; reader.ReadLine() is { } line; i++) yield return new TestCaseData(line).SetArgDisplayNames($"{i}");
    }

    [TestCaseSource(nameof(Synthetic))]
    public void Synthetic_EveryRow_GivesTheSameIdsAndText(string line)
    {
        JsonObject entry = JsonNode.Parse(line)!.AsObject();
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(entry["tokenizer"]!.AsObject());
        foreach (JsonNode? row in entry["rows"]!.AsArray()) Check(tokenizer, JsonDocument.Parse(row!.ToJsonString()).RootElement);
    }

    [TestCase("tokenizer-digits-gpt2")]
    [TestCase("tokenizer-o200k")]
    [TestCase("tokenizer-sentencepiece")]
    [Category(ReferenceData.Category)]
    public void Cases_EveryRow_GivesTheSameIdsAndText(string name)
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(Path.GetDirectoryName(ReferenceData.Require("cases/models", name, "tokenizer.json"))!);
        GoldenRows.Check(ReferenceData.Require("cases/models", name, "expected.jsonl"), row => Check(tokenizer, row));
    }

    [Test, Category(ReferenceData.Category)]
    public void SmolLM2_EveryRow_GivesTheSameIdsAndText()
    {
        HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(ReferenceData.Require("models", "SmolLM2-135M-Instruct", "tokenizer.json"));
        long dropped = 0;
        GoldenRows.Check(ReferenceData.Require("golden/smollm2", "tokenizer.jsonl"), row =>
        {
            Check(tokenizer, row);
            dropped += Encoding.UTF8.GetByteCount(row.GetProperty("text").GetString()!) - Encoding.UTF8.GetByteCount(row.GetProperty("decoded").GetString()!);
        });
        tokenizer.DroppedBytes.Should().Be(dropped).And.BePositive("what decodes to less was counted");
        tokenizer.BytesWithoutToken.Should().Equal(
            0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xC0, 0xC1, 0xF1, 0xF2, 0xF5, 0xF6, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF);
    }

    private static void Check(HuggingFaceTokenizer tokenizer, JsonElement row)
    {
        int[] ids = GoldenRows.Ids(row);
        string decoded = row.GetProperty("decoded").GetString()!;
        if (row.TryGetProperty("text", out JsonElement text)) tokenizer.Encode(text.GetString()!).Should().Equal(ids, "{0}", text);
        tokenizer.Decode(ids, default, skipSpecialTokens: false).Should().Be(decoded);
        var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens: false);
        (string.Concat(ids.Select(decoder.Append)) + decoder.Finish()).Should().Be(decoded);
    }
}
