using System.Text;
using System.Text.Json.Nodes;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>Vocabularies of characters with byte fallback, as Llama 2 and Gemma have them. Ids: 0 unknown, 1 to 256 the bytes, then the tokens below.</summary>
[TestFixture]
public sealed class SentencePieceTests
{
    private static readonly string[] Tokens = ["▁", "a", "b", "c", "▁a", "ab", "▁ab", "<s>", "é"];

    private const string LlamaDecoder = """
        {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},
        {"type":"Strip","content":" ","start":1,"stop":0}]}
        """;

    private static int Id(string token) => 257 + Array.IndexOf(Tokens, token);

    private static int Byte(int value) => 1 + value;

    private static JsonObject Json(string decoder = LlamaDecoder)
    {
        var vocab = new JsonObject { ["<unk>"] = 0 };
        for (int value = 0; value < 256; value++) vocab[$"<0x{value:X2}>"] = Byte(value);
        foreach (string token in Tokens) vocab[token] = Id(token);
        return new JsonObject
        {
            ["added_tokens"] = new JsonArray(TokenizerFolder.AddedToken(Id("<s>"), "<s>", special: true)),
            ["normalizer"] = JsonNode.Parse("""
                {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}
                """),
            ["pre_tokenizer"] = null,
            ["decoder"] = JsonNode.Parse(decoder),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE", ["unk_token"] = "<unk>", ["fuse_unk"] = true, ["byte_fallback"] = true, ["vocab"] = vocab,
                ["merges"] = new JsonArray("▁ a", "a b", "▁a b"),
            },
        };
    }

    [Test]
    public void Encode_TextAroundASpecialToken_BeginsAnewBehindIt()
    {
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(Json());
        tokenizer.Encode("ab abc").Should().Equal(Id("▁ab"), Id("▁ab"), Id("c"));
        tokenizer.Encode("<s>b<s>").Should().Equal(Id("<s>"), Id("▁"), Id("b"), Id("<s>"));
        tokenizer.Encode("bab").Should().Equal(Id("▁"), Id("b"), Id("ab"));
        tokenizer.Encode("").Should().BeEmpty();
        tokenizer.Decode([.. tokenizer.Encode("ab abc")]).Should().Be("ab abc");
        tokenizer.Decode([Id("<s>"), Id("▁"), Id("b")], default, skipSpecialTokens: false).Should().Be("<s> b", "only the start of the text loses a space");
    }

    [Test]
    public void Encode_CharacterOutsideTheVocabulary_BecomesItsBytes()
    {
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(Json());
        tokenizer.Encode("字😀\n").Should().Equal([Id("▁"), .. Encoding.UTF8.GetBytes("字😀\n").Select(b => Byte(b))]);
        tokenizer.DroppedBytes.Should().Be(0);
        tokenizer.Decode([.. tokenizer.Encode("字é😀\n a")]).Should().Be("字é😀\n a");
    }

    [TestCase(true, new[] { 0 })]
    [TestCase(false, new[] { 0, 0 })]
    public void Encode_NoByteFallback_TakesTheUnknownToken(bool fuse, int[] unknown)
    {
        JsonObject json = Json();
        json["model"]!["byte_fallback"] = false;
        json["model"]!["fuse_unk"] = fuse;
        TokenizerFolder.Tokenizer(json).Encode("x字a").Should().Equal([Id("▁"), .. unknown, Id("a")]);
    }

    [Test]
    public void Encode_NeitherFallbackNorUnknownToken_CountsWhatIsLeftOut()
    {
        JsonObject json = Json();
        json["model"]!["byte_fallback"] = false;
        json["model"]!["unk_token"] = null;
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(json);
        tokenizer.Encode("a字b").Should().Equal(Id("▁ab"));
        tokenizer.DroppedBytes.Should().Be(3);
        tokenizer.Encode("a字b");
        tokenizer.DroppedBytes.Should().Be(6, "a word that loses bytes is not remembered without them");
    }

    [Test]
    public void Encode_AByteWithoutToken_IsUnknownWithItsWholeCharacter()
    {
        JsonObject json = Json();
        json["model"]!["vocab"]!.AsObject().Remove("<0x97>");       // 字 is E5 AD 97
        TokenizerFolder.Tokenizer(json).Encode("字a").Should().Equal(Id("▁"), 0, Id("a"));
    }

    [Test]
    public void Decode_BytesThatAreNoUtf8_AreOneReplacementEach()
    {
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(Json());
        tokenizer.Decode([Byte(0xE5), Byte(0xAD), Byte(0x97), Id("a"), Byte('x'), Byte(0xFF)]).Should().Be("字a\uFFFD\uFFFD");
        var ends = new int[4];
        tokenizer.Decode([Id("▁a"), Byte(0xC3), Byte(0xA9), Id("▁")], ends).Should().Be("aé ");
        ends.Should().Equal([1, 1, 1, 3], "bytes are certain once another token follows");
    }

    [TestCase("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always"}""", "a bc", Description = "the first token loses all of its spaces")]
    [TestCase("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", " a bc")]
    [TestCase("""{"type":"Replace","pattern":{"String":"▁"},"content":"_"}""", "_a_bc")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Strip","content":"▁","start":1,"stop":0},{"type":"Fuse"}]}""", "abc")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Strip","content":"a","start":0,"stop":1}]}""", "▁▁bc")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"String":"▁"},"content":"  "},{"type":"Strip","content":" ","start":3,"stop":0}]}""",
        "a  bc")]
    public void Decode_OtherDecoders_ChangeTokensOrTheText(string decoder, string expected)
        => TokenizerFolder.Tokenizer(Json(decoder)).Decode([Id("▁a"), Id("▁"), Id("b"), Id("c")]).Should().Be(expected);

    [TestCase("null", "*decoder is missing*")]
    [TestCase("""{"type":"CTC"}""", "*'CTC'*ByteFallback*")]
    [TestCase("""{"type":"Sequence","decoders":[]}""", "*empty Sequence*")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"ByteFallback"}]}""", "*'ByteFallback' behind Fuse*")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":" ","start":0,"stop":1}]}""", "*stop is 1*")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"String":"ab"},"content":""}]}""", "*'ab'*single character*")]
    [TestCase("""{"type":"Replace","pattern":{"Regex":"a"},"content":""}""", "*no text to replace*")]
    [TestCase("""{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"ByteLevel"}]}""", "*decoder.decoders[1]*'ByteLevel'*by itself*")]
    public void Load_DecoderThatIsNotBuilt_IsNamed(string decoder, string message)
    {
        JsonObject json = Json();
        json["decoder"] = JsonNode.Parse(decoder);
        FluentActions.Invoking(() => TokenizerFolder.Tokenizer(json)).Should().Throw<TokenizerFormatException>().WithMessage(message);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Pieces_OfAnySequence_JoinToTheDecodedText(bool skipSpecialTokens)
    {
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(Json());
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 14))
                .Select(_ => random.Next(4) switch { 0 => Byte("字"u8[random.Next(3)]), 1 => Byte(0xC3), 2 => random.Next(-1, 270), _ => 257 + random.Next(Tokens.Length) })];
            var ends = new int[ids.Length];
            string expected = tokenizer.Decode(ids, ends, skipSpecialTokens);
            var decoder = new StreamingDecoder(tokenizer, skipSpecialTokens);
            var text = new StringBuilder();
            for (int k = 0; k < ids.Length; k++) text.Append(decoder.Append(ids[k])).Length.Should().Be(ends[k]);
            text.Append(decoder.Finish()).ToString().Should().Be(expected);
            decoder.Append(Id("▁a")).Should().Be("a", "a decoder serves one sequence after another");
        }
    }

    [Test]
    public void Append_EndlessBytes_CostsTheSamePerToken()
    {
        var decoder = new StreamingDecoder(TokenizerFolder.Tokenizer(Json()));
        for (int i = 0; i < 200_000; i++) decoder.Append(Byte(0xFF)).Should().BeEmpty();
        decoder.Finish().Should().HaveLength(200_000);
    }

    [Test]
    public void DecodeOfEncode_AnyText_IsTheText()
    {
        HuggingFaceTokenizer tokenizer = TokenizerFolder.Tokenizer(Json());
        var random = new Random(29);
        for (int i = 0; i < 2000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(3) switch
            {
                0 => " ",
                1 => ((char)('a' + random.Next(4))).ToString(),
                _ => new Rune(random.Next(0xD800)).ToString().Replace('▁', '_'),
            }));
            tokenizer.Decode([.. tokenizer.Encode(text)]).Should().Be(text);
        }
    }

    [Test]
    public void Load_StartOfTheTextThatIsNotDefined_IsRefused()
    {
        JsonObject json = Json();
        json["pre_tokenizer"] = JsonNode.Parse("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first"}""");
        FluentActions.Invoking(() => TokenizerFolder.Tokenizer(json)).Should().Throw<TokenizerFormatException>().WithMessage("*prepend_scheme 'first'*");
    }

    [Test]
    public void Load_UnknownTokenThatIsNone_IsRefused()
    {
        JsonObject json = Json();
        json["model"]!["unk_token"] = "<other>";
        FluentActions.Invoking(() => TokenizerFolder.Tokenizer(json)).Should().Throw<TokenizerFormatException>().WithMessage("*unk_token is '<other>'*");
    }
}
