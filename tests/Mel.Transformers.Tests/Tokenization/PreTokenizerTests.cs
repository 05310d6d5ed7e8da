using System.Text.Json;
using Mel.Transformers.Tokenization;
using Mel.Transformers.Tokenization.PreTokenizers;

namespace Mel.Transformers.Tests.Tokenization;

/// <summary>Pieces of text, with a bar between them, worked out by hand from the rules of Hugging Face's library.</summary>
[TestFixture]
public sealed class PreTokenizerTests
{
    private sealed class Recorder : WordEncoder
    {
        public List<string> Pieces { get; } = [];

        protected override int Encode(ReadOnlySpan<char> word, List<int> tokens)
        {
            Pieces.Add(word.ToString());
            return 1;        // so that no word is remembered
        }
    }

    private static string Pieces(string json, string text)
    {
        using JsonDocument document = JsonDocument.Parse($$"""{"pre_tokenizer":{{json}}}""");
        PreTokenizerPlan plan = new PreTokenizerReader(new TokenizerJson("tokenizer.json")).Read(document.RootElement);
        plan.SpellsBytes = true;
        var recorder = new Recorder();
        plan.Build(recorder).Accept(text, isFirst: true, []);
        return string.Join('|', recorder.Pieces);
    }

    [TestCase("Isolated", false, "x|1|2|y|3")]
    [TestCase("Removed", false, "x|y")]
    [TestCase("Removed", true, "1|2|3")]
    [TestCase("Contiguous", false, "x|12|y|3")]
    [TestCase("MergedWithPrevious", false, "x1|2|y3")]
    [TestCase("MergedWithNext", false, "x|1|2y|3")]
    [TestCase("MergedWithPrevious", true, "x|1|2y|3")]
    [TestCase("MergedWithNext", true, "x1|2|y3")]
    [TestCase("Isolated", true, "x|1|2|y|3")]
    public void Split_EveryBehavior_CutsAsItsNameSays(string behavior, bool invert, string pieces)
        => Pieces($$"""{"type":"Split","pattern":{"Regex":"\\d"},"behavior":"{{behavior}}","invert":{{(invert ? "true" : "false")}}}""", "x12y3").Should().Be(pieces);

    [TestCase("""{"type":"Split","pattern":{"String":"+"},"behavior":"Removed","invert":false}""", "a+b++c", "a|b|c")]
    [TestCase("""{"type":"Digits","individual_digits":true}""", "a12Ⅷ½b", "a|1|2|Ⅷ|½|b")]
    [TestCase("""{"type":"Digits","individual_digits":false}""", "a12Ⅷ½b", "a|12Ⅷ½|b")]
    [TestCase("""{"type":"Punctuation"}""", "a$b，c!?", "a|$|b|，|c|!|?")]
    [TestCase("""{"type":"Punctuation","behavior":"Contiguous"}""", "a!?b", "a|!?|b")]
    [TestCase("""{"type":"Whitespace"}""", "ab-c!? ½d", "ab|-|c|!?|½|d")]
    [TestCase("""{"type":"WhitespaceSplit"}""", " ab-c \n d", "ab-c|d")]
    [TestCase("""{"type":"CharDelimiterSplit","delimiter":"-"}""", "a-b--c", "a|b|c")]
    [TestCase("""{"type":"Metaspace","replacement":"▁"}""", "a  b", "▁a|▁|▁b")]
    [TestCase("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never"}""", "a b", "a|▁b")]
    [TestCase("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""", " a b", "▁a▁b")]
    [TestCase("""{"type":"Sequence","pretokenizers":[{"type":"CharDelimiterSplit","delimiter":"-"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}]}""",
        "a-b", "▁a|b")]
    [TestCase("""{"type":"ByteLevel","add_prefix_space":true,"use_regex":true}""", "it's é", "Ġit|'s|ĠÃ©")]
    [TestCase("""{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}""", "it's é", "it'sĠÃ©")]
    [TestCase("""{"type":"ByteLevel","add_prefix_space":false}""", "a  b", "a|Ġ|Ġb")]
    [TestCase("""{"type":"Sequence","pretokenizers":[]}""", "a b", "a b")]
    [TestCase("""{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true}]}""",
        "x 12", "x|Ġ|1|2", Description = "SmolLM2: a space before a digit stays alone")]
    [TestCase("""
        {"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","add_prefix_space":false,"use_regex":true},
        {"type":"Digits","individual_digits":false},{"type":"Split","pattern":{"Regex":"[0-9][0-9][0-9]"},"behavior":"Isolated","invert":false}]}
        """, "a 1234!?", "a|Ġ|123|4|!?", Description = "Falcon: digits are cut where bytes are spelled already")]
    public void Pieces_OfAPreTokenizer_AreThoseWorkedByHand(string json, string text, string pieces) => Pieces(json, text).Should().Be(pieces);

    [TestCase("""{"type":"UnicodeScripts"}""", "*pre_tokenizer*'UnicodeScripts'*Metaspace*")]
    [TestCase("""{"type":"Sequence","pretokenizers":[{"type":"BertPreTokenizer"}]}""", "*pre_tokenizer.pretokenizers[0]*'BertPreTokenizer'*")]
    [TestCase("""{"pretokenizers":[]}""", "*not named*")]
    [TestCase("""{"type":"Split","pattern":{"Regex":"(?>a)"},"behavior":"Isolated","invert":false}""", "*pre_tokenizer.pattern '(?>a)'*'(?>a' at 0*")]
    [TestCase("""{"type":"Split","pattern":{},"behavior":"Isolated","invert":false}""", "*pre_tokenizer.pattern has no String and no Regex*")]
    [TestCase("""{"type":"Split","pattern":{"String":""},"behavior":"Isolated","invert":false}""", "*0 characters*")]
    [TestCase("""{"type":"Split","pattern":{"String":"a"},"behavior":"isolated","invert":false}""", "*'isolated'*Removed, Isolated*")]
    [TestCase("""{"type":"Split","pattern":{"String":"a"},"behavior":"Isolated"}""", "*pre_tokenizer.invert is missing*")]
    [TestCase("""{"type":"Digits"}""", "*individual_digits is missing*")]
    [TestCase("""{"type":"Metaspace","replacement":"▁▁"}""", "*replacement is no single character*")]
    [TestCase("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"last"}""", "*'last'*'first'*")]
    [TestCase("""{"type":"Metaspace","replacement":"▁","add_prefix_space":false}""", "*add_prefix_space is off*'always'*")]
    [TestCase("""{"type":"ByteLevel","use_regex":true}""", "*add_prefix_space is missing*")]
    public void Read_WhatIsNotBuilt_IsNamed(string json, string message)
        => FluentActions.Invoking(() => Pieces(json, "a")).Should().Throw<TokenizerFormatException>().WithMessage(message);
}
