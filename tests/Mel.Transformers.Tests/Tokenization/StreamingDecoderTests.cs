using System.Text;
using Mel.Transformers.Tokenization;

namespace Mel.Transformers.Tests.Tokenization;

[TestFixture]
public sealed class StreamingDecoderTests
{
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerFolder.Tokenizer(
        TokenizerFolder.Json([("h", "i"), ("!", "ð"), ("Ł", "Ģ")], ("<|end|>", true), ("<think>", false)));

    [Test]
    public void Append_CharacterOverSeveralTokens_AppearsOnceComplete()
    {
        var decoder = new StreamingDecoder(Tokenizer);
        decoder.Append(256).Should().Be("hi");
        decoder.Append(257).Should().Be("!");          // '!' and the first byte of U+1F600
        decoder.Append(0x9F).Should().BeEmpty();
        decoder.Append(0x98).Should().BeEmpty();
        decoder.Append(1000).Should().BeEmpty();       // a special token leaves nothing, not even a break
        decoder.Append(0x80).Should().Be("\U0001F600");
        decoder.Finish().Should().BeEmpty();
    }

    [Test]
    public void Append_CharacterThatIsBrokenOff_AppearsAsReplacement()
    {
        var decoder = new StreamingDecoder(Tokenizer);
        decoder.Append(0xE2).Should().BeEmpty();
        decoder.Append('a').Should().Be("\uFFFDa");
        decoder.Append(0xE2).Should().BeEmpty();
        decoder.Append(1001).Should().Be("\uFFFD<think>");
        decoder.Append(0xF0).Should().BeEmpty();
        decoder.Finish().Should().Be("\uFFFD");
        decoder.Append('b').Should().Be("b", "a decoder serves one sequence after another");
    }

    [Test]
    public void Pieces_OfAnySequence_JoinToTheDecodedText([Values] bool skipSpecialTokens, [Values] bool foreign)
    {
        var random = new Random(3);
        for (int i = 0; i < 2000; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(1, 14))
                .Select(_ => random.Next(8) switch { 0 => random.Next(256, 260), 1 => random.Next(999, 1003), 2 => 0xF0, 3 => 0x9F, _ => random.Next(256) })];
            var ends = new int[ids.Length];
            string expected = Tokenizer.Decode(ids, ends, skipSpecialTokens);
            var decoder = new StreamingDecoder(foreign ? new Foreign() : Tokenizer, skipSpecialTokens);
            var text = new StringBuilder();
            for (int k = 0; k < ids.Length; k++) text.Append(decoder.Append(ids[k])).Length.Should().Be(ends[k]);
            text.Append(decoder.Finish()).ToString().Should().Be(expected);
        }
    }

    /// <summary>A tokenizer of somebody's own, of which only the interface is known.</summary>
    private sealed class Foreign : ITokenizer
    {
        public IReadOnlyList<int> Encode(string text) => Tokenizer.Encode(text);

        public string Decode(ReadOnlySpan<int> tokenIds, Span<int> textEnds = default, bool skipSpecialTokens = true)
            => Tokenizer.Decode(tokenIds, textEnds, skipSpecialTokens);
    }

    [Test]
    public void Append_EndlessBytesWithoutACharacter_CostsTheSamePerToken([Values] bool foreign)
    {
        var decoder = new StreamingDecoder(foreign ? new Foreign() : Tokenizer);
        for (int i = 0; i < 200_000; i++) decoder.Append(i % 2 == 0 ? 0xF0 : 5000).Length.Should().BeLessThan(2);
        decoder.Finish().Should().Be("\uFFFD");
    }
}
