using System.Text.Json.Nodes;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>How added tokens are looked for: what they take of the white space around them, and where they count.</summary>
[TestFixture]
public sealed class AddedTokenTests
{
    private static HuggingFaceTokenizer Tokenizer(string flags, JsonNode? normalizer = null, params string[] texts)
    {
        JsonObject json = TokenizerFolder.Json(null, [.. (texts.Length == 0 ? ["<t>"] : texts).Select(text => (text, false))]);
        json["normalizer"] = normalizer;
        foreach (string flag in flags.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (JsonNode? token in json["added_tokens"]!.AsArray()) token![flag] = true;
        }
        return TokenizerFolder.Tokenizer(json);
    }

    private static string Shown(HuggingFaceTokenizer tokenizer, string text)
    {
        var decoder = new StreamingDecoder(tokenizer);
        return string.Concat(tokenizer.Encode(text).Select(id => id >= 1000 ? $"[{id - 1000}]" : decoder.Append(id)));
    }

    [TestCase("", "a  <t>\n b", "a  [0]\n b")]
    [TestCase("lstrip", "a \u00A0<t>\n b", "a[0]\n b")]
    [TestCase("rstrip", "a  <t>\n\u3000b", "a  [0]b")]
    [TestCase("lstrip rstrip", " <t>  <t> ", "[0][0]", Description = "white space between two goes to the first")]
    [TestCase("single_word", "a<t> <t>b é<t> 1<t> _<t>", "a<t> <t>b é<t> 1<t> _<t>")]
    [TestCase("single_word", "<t>-<t> ²<t>", "[0]-[0] ²[0]")]
    [TestCase("single_word", "\u200D<t>", "\u200D<t>", Description = "a joiner belongs to the word")]
    public void Encode_Flags_SayWhereATokenCounts(string flags, string text, string expected)
        => Shown(Tokenizer(flags), text).Should().Be(expected);

    [Test]
    public void Encode_WhiteSpaceThatIsTakenAlready_GivesNoTokenOfItsOwn()
    {
        Shown(Tokenizer("lstrip rstrip", null, "\n\n"), "a\n\n\n\nb").Should().Be("a[0]b");
        Shown(Tokenizer("rstrip", null, "\n\n"), "a\n\n\n\nb").Should().Be("a[0][0]b", "a token that takes only what is behind it is found inside as well");
    }

    [Test]
    public void Encode_NormalizedToken_IsFoundInTheNormalizedText()
    {
        JsonNode lower = JsonNode.Parse("""{"type":"Lowercase"}""")!;
        HuggingFaceTokenizer tokenizer = Tokenizer("normalized", lower, "The");
        Shown(tokenizer, "The THE the").Should().Be("[0] [0] [0]");
        tokenizer.Decode([1000]).Should().Be("the", "a token reads as it stands in the normalized text");
        Shown(Tokenizer("", lower.DeepClone(), "The"), "The THE").Should().Be("[0] the");
    }

    [Test]
    public void Load_TokensThatTheNormalizerMakesEqual_AreRefused()
        => FluentActions.Invoking(() => Tokenizer("normalized", JsonNode.Parse("""{"type":"Lowercase"}"""), "The", "the"))
            .Should().Throw<TokenizerFormatException>().WithMessage("*'the'*'The'*equal*");
}
