namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class WordTokenizerTests
{
    private readonly WordTokenizer _tokenizer = new();

    [Test]
    public void Vocabulary_HasOneTokenPerWord()
    {
        Vocabulary.Size.Should().Be(161);
        const int all = 65 + WorldShape.MaxNames;
        string[] words = [.. Enumerable.Range(0, all).Select(id => Vocabulary.WordOf(id)!)];
        words.Should().OnlyHaveUniqueItems().And.NotContain(w => w.Contains(' '));
        words.Select(Vocabulary.IdOf).Should().Equal(Enumerable.Range(0, all));
        Vocabulary.IdOf("op95").Should().Be(Vocabulary.Size - 1, "worlds of the standard shape have no further word");
        Vocabulary.WordOf(-1).Should().BeNull();
        Vocabulary.WordOf(all).Should().BeNull();
    }

    [Test]
    public void Decode_OfEncoded_GivesTheTextBack()
    {
        const string text = "step1 17 op12 odd +4 21 ANS 21";
        _tokenizer.Decode([.. _tokenizer.Encode(text)]).Should().Be(text);
    }

    [Test]
    public void Decode_TextEnds_AreTheLengthsSoFar()
    {
        var ends = new int[4];
        _tokenizer.Decode([.. _tokenizer.Encode("ANS 21 GOOD <eos>")], ends).Should().Be("ANS 21 GOOD");
        ends.Should().Equal(3, 6, 11, 11);
    }

    [Test]
    public void Decode_StopTokens_LeaveNoTextUnlessAskedFor()
    {
        int[] ids = [.. _tokenizer.Encode("+9 END <eos>")];
        _tokenizer.Decode(ids).Should().Be("+9");
        _tokenizer.Decode(ids, skipSpecialTokens: false).Should().Be("+9 END <eos>");
    }

    [Test]
    public void Decode_IdOutsideTheVocabulary_LeavesNoText() => _tokenizer.Decode([Vocabulary.IdOf("ANS"), 65 + WorldShape.MaxNames, -3, Vocabulary.IdOf("4")]).Should().Be("ANS 4");

    [Test]
    public void Encode_UnknownWord_IsTheUnknownToken() => _tokenizer.Encode("Q hello").Should().Equal(Vocabulary.IdOf("Q"), Vocabulary.IdOf(Words.Unknown));

    [Test]
    public void Decode_TextEndsTooShort_Throws()
        => FluentActions.Invoking(() => _tokenizer.Decode([1, 2], new int[1])).Should().Throw<ArgumentException>().WithMessage("*1 entries*2 tokens*");
}
