using System.Text;
using System.Text.Json.Nodes;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>Files that are damaged, contradict themselves or describe something that is not built: one typed error each, which names the place and what is expected.</summary>
[TestFixture]
public sealed class TokenizerFileTests
{
    private static readonly (string, string)[] Merges = [("h", "e"), ("l", "l")];

    private static IEnumerable<TestCaseData> BadFiles()
    {
        static TestCaseData Case(string name, Action<JsonObject> damage, string message) => new TestCaseData(damage, message).SetName($"Load_{name}_SaysSo");
        yield return Case("NoModel", json => json.Remove("model"), "*model is missing*an object is expected*");
        yield return Case("ModelOfAnotherType", json => json["model"]!["type"] = "Unigram", "*'Unigram'*BPE is supported*");
        yield return Case("ModelIsAList", json => json["model"] = new JsonArray(), "*model is a JSON array*an object*");
        yield return Case("UnknownNormalizer", json => json["normalizer"]!["type"] = "Precompiled", "*'Precompiled'*NFC, NFD, NFKC*");
        yield return Case("UnknownPattern", json => json["pre_tokenizer"]!["pretokenizers"]![0]!["pattern"]!["Regex"] = @"\b\w", @"*'\b\w'*not supported: '\b' at 0*");
        yield return Case("UnknownSplitter", json => json["pre_tokenizer"] = new JsonObject { ["type"] = "BertPreTokenizer" },
            "*'BertPreTokenizer'*ByteLevel, Metaspace, Split*");
        yield return Case("SplitterThatDoesNothingKnown", json => json["pre_tokenizer"]!["pretokenizers"]![0]!["behavior"] = "Merged",
            "*'Merged'*MergedWithPrevious*");
        yield return Case("UnknownDecoder", json => json["decoder"]!["type"] = "WordPiece", "*'WordPiece'*ByteLevel*");
        yield return Case("Dropout", json => json["model"]!["dropout"] = 0.1, "*dropout is 0.1*");
        yield return Case("Affix", json => json["model"]!["end_of_word_suffix"] = "</w>", "*end_of_word_suffix is '</w>'*");
        yield return Case("VocabularyIsAList", json => json["model"]!["vocab"] = new JsonArray(), "*model.vocab is a JSON array*");
        yield return Case("DuplicateId", json => json["model"]!["vocab"]!["zz"] = 65, "*the id 65*'A'*'zz'*");
        yield return Case("NegativeId", json => json["model"]!["vocab"]!["zz"] = -1, "*'zz'*id '-1'*0 to 4194303*");
        yield return Case("HugeId", json => json["model"]!["vocab"]!["zz"] = 2_000_000_000, "*'zz'*2000000000*0 to 4194303*");
        yield return Case("IdIsText", json => json["model"]!["vocab"]!["zz"] = "7", "*'zz'*");
        yield return Case("MissingByte", json => json["model"]!["vocab"]!.AsObject().Remove("A"), "*'A' for the byte 0x41*plain text*");
        yield return Case("MergeWithoutResult", json => json["model"]!["vocab"]!.AsObject().Remove("he"), "*merges[0]*'h' and 'e'*no 'he'*");
        yield return Case("MergeOfUnknownToken", json => json["model"]!["merges"]!.AsArray().Add("h qq"), "*merges[2]*no 'qq'*");
        yield return Case("MergeOfThree", json => json["model"]!["merges"]!.AsArray().Add("h e e"), "*merges[2]*\"a b\"*");
        yield return Case("MergeIsANumber", json => json["model"]!["merges"]!.AsArray().Add(3), "*merges[2] is '3'*");
        yield return Case("MergeOfNumbers", json => json["model"]!["merges"]!.AsArray().Add(new JsonArray(1, 2)), "*merges[2]*number*string is expected*");
        yield return Case("MoreMergesThanSplits", json => json["model"]!["merges"] = new JsonArray([.. Enumerable.Repeat("h e", 5)]),
            "*entries*only 4 places*");
        yield return Case("EndlessToken", json => json["model"]!["vocab"]![new string('x', 20_000)] = 300, "*20,000 characters*longer than 16,384*");
        yield return Case("EndlessAddedToken", json => json["added_tokens"]![0]!["content"] = new string('x', 20_000), "*added_tokens[0]*20,000 characters*");
        yield return Case("AddedTokenWithoutText", json => json["added_tokens"]![0]!["content"] = "", "*added_tokens[0] (id 1000) has no text*");
        yield return Case("AddedTokenWithoutId", json => json["added_tokens"]![0]!.AsObject().Remove("id"), "*added_tokens[0].id is missing*");
        yield return Case("AddedTokenTwice", json => json["added_tokens"]!.AsArray().Add(TokenizerFolder.AddedToken(1000, "<b>", true)),
            "*repeats the id 1000*");
        yield return Case("AddedTokenOverVocabulary", json => json["added_tokens"]![0]!["id"] = 65, "*the id 65 to '<a>'*'A'*");
        yield return Case("AddedTokenFlagIsText", json => json["added_tokens"]![0]!["rstrip"] = "yes", "*added_tokens[0].rstrip is a JSON string*");
        yield return Case("AddedTokenIsText", json => json["added_tokens"]![0] = "<a>", "*added_tokens[0] is a JSON string*");
        yield return Case("FlagIsANumber", json => json["model"]!["ignore_merges"] = 1, "*ignore_merges is a JSON number*boolean*");
    }

    [TestCaseSource(nameof(BadFiles))]
    public void BadFile(Action<JsonObject> damage, string message)
    {
        JsonObject json = TokenizerFolder.Json(Merges, ("<a>", true));
        json["model"]!["vocab"]!["he!"] = 400;      // reached by no merge, as in some published files
        damage(json);
        using var folder = new TokenizerFolder();
        folder.Write(json);
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path))
            .Should().Throw<TokenizerFormatException>().WithMessage(message).Which.File.Should().Be(folder.File);
    }

    [Test]
    public void Load_FileCutAnywhere_IsATypedError()
    {
        byte[] whole = Encoding.UTF8.GetBytes(TokenizerFolder.Json(Merges, ("<a>", true)).ToJsonString());
        using var folder = new TokenizerFolder();
        for (int length = 0; length < whole.Length; length += 61)
        {
            File.WriteAllBytes(folder.File, whole[..length]);
            FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.File))
                .Should().Throw<TokenizerFormatException>().WithMessage("*damaged or was cut short*");
        }
    }

    [Test]
    public void Load_BytesChangedAnywhere_IsATypedErrorOrATokenizer()
    {
        byte[] whole = Encoding.UTF8.GetBytes(TokenizerFolder.Json(Merges, ("<a>", true)).ToJsonString());
        var random = new Random(5);
        using var folder = new TokenizerFolder();
        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. whole];
            for (int k = 0; k < 3; k++) changed[random.Next(changed.Length)] = (byte)"{}[]\",:0\\ \u00FFu"[random.Next(12)];
            File.WriteAllBytes(folder.File, changed);
            try
            {
                HuggingFaceTokenizer.Load(folder.File).Encode("hello<a>");
            }
            catch (TokenizerFormatException)
            {
            }
        }
    }

    [TestCase("[]", "*JSON array, but an object*")]
    [TestCase("{\"model\":{\"vocab\":{\"a\":1,\"a\":2}}}", "*The model is not named, but BPE is supported*")]
    [TestCase("not json", "*no valid JSON (line 1*")]
    public void Load_OddJson_IsATypedError(string text, string message)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", text);
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage(message);
    }

    [Test]
    public void Load_AnyValueOfAnotherKind_IsATypedErrorOrATokenizer([Values] bool bytes)
    {
        JsonObject json = TokenizerFolder.Json(Merges, ("<a>", true));
        if (!bytes)
        {
            json["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":" +"},"content":"_"},{"type":"Strip","strip_left":true,"strip_right":false}]}""");
            json["pre_tokenizer"] = JsonNode.Parse("""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"Metaspace","replacement":"_","prepend_scheme":"always","split":true}]}""");
            json["decoder"] = JsonNode.Parse("""{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""");
        }
        using var folder = new TokenizerFolder();
        int refused = 0, read = 0;
        foreach (string path in Paths(json, "").ToList())
        {
            foreach (string value in (string[])["null", "true", "-1", "1e99", "\"x\"", "\"\"", "[]", "[[]]", "{}", "[\"a\",1]", """{"type":"Sequence"}"""])
            {
                JsonNode copy = json.DeepClone();
                Replace(copy, path, JsonNode.Parse(value));
                folder.Write(copy.AsObject());
                try
                {
                    HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.Load(folder.Path);
                    tokenizer.Decode([.. tokenizer.Encode("hello <a> 12 é\n")]);
                    read++;
                }
                catch (TokenizerFormatException)
                {
                    refused++;
                }
            }
        }
        refused.Should().BeGreaterThan(200);
        read.Should().BeGreaterThan(20);
    }

    // Of the long lists, the first entries stand for all.
    private static IEnumerable<string> Paths(JsonNode? node, string path) => node switch
    {
        JsonObject inner => inner.Take(6).SelectMany(e => Paths(e.Value, $"{path}/{e.Key}")).Append(path),
        JsonArray list => list.Take(2).SelectMany((e, i) => Paths(e, $"{path}/{i}")).Append(path),
        _ => [path],
    };

    private static void Replace(JsonNode root, string path, JsonNode? value)
    {
        string[] keys = path.Split('/')[1..];
        if (keys.Length == 0) return;
        JsonNode parent = keys[..^1].Aggregate(root, (node, key) => node is JsonArray list ? list[int.Parse(key, null)]! : node[key]!);
        if (parent is JsonArray array) array[int.Parse(keys[^1], null)] = value;
        else parent[keys[^1]] = value;
    }

    [Test]
    public void Load_TokenListedTwice_IsATypedError()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", TokenizerFolder.Json(Merges).ToJsonString().Replace("\"B\":66", "\"A\":66", StringComparison.Ordinal));
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage("*the token 'A' twice*");
    }

    [Test]
    public void Load_UnpairedSurrogateInAnEscape_IsATypedError()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", TokenizerFolder.Json(Merges, ("<a>", true)).ToJsonString().Replace("\"\\u003Ca\\u003E\"", "\"\\uD800\"",
            StringComparison.Ordinal));
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage("*unpaired surrogate*");
    }

    [Test]
    public void Load_FileLargerThanAnyTokenizer_IsRefusedUnread()
    {
        using var folder = new TokenizerFolder();
        using (FileStream stream = File.Create(folder.File)) stream.SetLength(1L << 34);      // sparse
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path)).Should().Throw<TokenizerFormatException>().WithMessage("*17,179,869,184 bytes*");
    }

    [Test]
    public void Load_NoFile_NamesItAndWhatIsExpected()
    {
        using var folder = new TokenizerFolder();
        FluentActions.Invoking(() => HuggingFaceTokenizer.Load(folder.Path)).Should().Throw<FileNotFoundException>().WithMessage("*tokenizer.json*expected*");
    }
}
