using System.Text;
using Mel.Testing;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>Every row of the reference token data, against the tokenizer files it was made with.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class TokenizerGoldenTests
{
    private const string Folder = "golden/tokenizer";

    private static IEnumerable<TestCaseData> TinyCases()
    {
        string[] tokenizers = [.. ReferenceData.Files(Folder, "*tokenizer.json"), .. ReferenceData.Folders("golden/models")
            .Where(folder => File.Exists(Path.Combine(folder, "tokenizer.json")))];
        return
            from rows in ReferenceData.Files(Folder, "tiny*.jsonl")
            from tokenizer in tokenizers
            select new TestCaseData(rows, tokenizer).SetArgDisplayNames(Path.GetFileName(rows), Path.GetFileName(tokenizer));
    }

    [TestCaseSource(nameof(TinyCases))]
    public void TinyTokenizer_ReferenceRows_GiveTheSameIdsAndText(string rows, string tokenizer) => RequireRows(HuggingFaceTokenizer.Load(tokenizer), rows);

    [Test]
    public void Qwen3Tokenizer_ReferenceRows_GiveTheSameIdsAndText()
    {
        string rows = ReferenceData.Require(Folder, "qwen3.jsonl");
        RequireRows(RealTokenizers.Qwen3.Value, rows);
    }

    [Test]
    public void Qwen3Tokenizer_CutSequences_DecodeToTheSameText()
    {
        string rows = ReferenceData.Require(Folder, "qwen3_decode.jsonl");
        HuggingFaceTokenizer tokenizer = RealTokenizers.Qwen3.Value;
        GoldenRows.Check(rows, row =>
        {
            int[] ids = GoldenRows.Ids(row);
            string expected = row.GetProperty("decoded").GetString()!;
            tokenizer.Decode(ids, default, skipSpecialTokens: false).Should().Be(expected);
            Streamed(tokenizer, ids, skipSpecialTokens: false).Should().Be(expected);
        });
    }

    [Test]
    public void Qwen3Tokenizer_RandomText_RoundTripsToItsComposedForm()
    {
        HuggingFaceTokenizer tokenizer = RealTokenizers.Qwen3.Value;
        var random = new Random(17);
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 20))
                .Select(_ => tokenizer.Decode([random.Next(151_669)], default, false) + (char)random.Next(0x20, 0x600)));
            tokenizer.Decode([.. tokenizer.Encode(text)], default, skipSpecialTokens: false).Should().Be(text.Normalize(NormalizationForm.FormC));
        }
    }

    private static void RequireRows(HuggingFaceTokenizer tokenizer, string rows) => GoldenRows.Check(rows, row =>
    {
        string text = row.GetProperty("text").GetString()!;
        int[] ids = GoldenRows.Ids(row);
        tokenizer.Encode(text).Should().Equal(ids);
        tokenizer.Decode(ids, default, skipSpecialTokens: false).Should().Be(row.GetProperty("decoded").GetString());
        tokenizer.Decode(ids).Should().Be(row.GetProperty("decoded_skip_special").GetString());
        Streamed(tokenizer, ids, skipSpecialTokens: true).Should().Be(row.GetProperty("decoded_skip_special").GetString());
    });

    private static string Streamed(HuggingFaceTokenizer tokenizer, int[] ids, bool skipSpecialTokens)
    {
        var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens);
        var text = new StringBuilder();
        foreach (int id in ids) text.Append(decoder.Append(id));
        return text.Append(decoder.Finish()).ToString();
    }
}
