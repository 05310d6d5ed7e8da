using System.Text.Json;
using Mel.Transformers.Tokenization;
using Mel.Transformers.Tokenization.Normalizers;

namespace Mel.Transformers.Tests.Tokenization;

[TestFixture]
public sealed class NormalizerTests
{
    private static Normalizer? Read(string json)
    {
        using JsonDocument document = JsonDocument.Parse($$"""{"normalizer":{{json}}}""");
        return new NormalizerReader(new TokenizerJson("tokenizer.json")).Read(document.RootElement);
    }

    [TestCase("""{"type":"NFC"}""", "e\u0301ﬁ", "éﬁ")]
    [TestCase("""{"type":"NFD"}""", "éﬁ", "e\u0301ﬁ")]
    [TestCase("""{"type":"NFKC"}""", "e\u0301ﬁ２", "éfi2")]
    [TestCase("""{"type":"NFKD"}""", "éﬁ\u00A0", "e\u0301fi ")]
    [TestCase("""{"type":"NFKC"}""", "２\uFFFE２", "2\uFFFE2")]
    [TestCase("""{"type":"Lowercase"}""", "AÉΣİ𐐀", "aéσi\u0307𐐨")]
    [TestCase("""{"type":"StripAccents"}""", "e\u0301é", "eé")]
    [TestCase("""{"type":"Strip","strip_left":true,"strip_right":false}""", "\u00A0 a ", "a ")]
    [TestCase("""{"type":"Strip","strip_left":true,"strip_right":true}""", "  ", "")]
    [TestCase("""{"type":"Prepend","prepend":"▁"}""", "▁a", "▁▁a")]
    [TestCase("""{"type":"Prepend","prepend":"▁"}""", "", "")]
    [TestCase("""{"type":"Replace","pattern":{"String":"a+"},"content":"$0"}""", "a+aa+", "$0a$0")]
    [TestCase("""{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"_"}""", "a b  c   d", "a b_c_d")]
    [TestCase("""{"type":"ByteLevel"}""", "é ", "Ã©Ġ")]
    [TestCase("""{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":" "},{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}]}""",
        "A b", "▁a▁b")]
    public void Apply_OfANormalizer_IsWorkedByHand(string json, string text, string expected) => Read(json)!.Apply(text).ToString().Should().Be(expected);

    [TestCase("""null""")]
    [TestCase("""{"type":"Sequence","normalizers":[]}""")]
    public void Read_NoNormalizer_IsNone(string json) => Read(json).Should().BeNull();

    [TestCase("""{"type":"Precompiled","precompiled_charsmap":"AA=="}""", "*normalizer*'Precompiled'*NFKC*")]
    [TestCase("""{"type":"Sequence","normalizers":[{"type":"BertNormalizer"}]}""", "*normalizer.normalizers[0]*'BertNormalizer'*")]
    [TestCase("""{"type":"Sequence"}""", "*normalizer.normalizers is missing*")]
    [TestCase("""{"type":"Strip","strip_left":true}""", "*strip_right is missing*")]
    [TestCase("""{"type":"Prepend"}""", "*prepend is missing*")]
    [TestCase("""{"type":"Replace","pattern":{"Regex":"a*"},"content":""}""", "*may match nothing*")]
    [TestCase("""[]""", "*normalizer is a JSON array*")]
    public void Read_WhatIsNotBuilt_IsNamed(string json, string message)
        => FluentActions.Invoking(() => Read(json)).Should().Throw<TokenizerFormatException>().WithMessage(message);

    [Test]
    public void Read_TextThatGrowsWithoutBound_IsRefused()
    {
        string replace = $$"""{"type":"Replace","pattern":{"String":"a"},"content":"{{new string('a', 40)}}"}""";
        FluentActions.Invoking(() => Read($$"""{"type":"Sequence","normalizers":[{{replace}},{{replace}}]}""")).Should().Throw<TokenizerFormatException>()
            .WithMessage("*1,600 characters of one*");
        string many = string.Join(',', Enumerable.Repeat("""{"type":"NFC"}""", 17));
        FluentActions.Invoking(() => Read($$"""{"type":"Sequence","normalizers":[{{many}}]}""")).Should().Throw<TokenizerFormatException>()
            .WithMessage("*more than 16 parts*");
    }
}
