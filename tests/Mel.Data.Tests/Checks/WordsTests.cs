using Mel.Data.Checks;

namespace Mel.Data.Tests.Checks;

[TestFixture]
public sealed class WordsTests
{
    [TestCase("What is $7 - 3$?", "what is 7-3", true)]
    [TestCase("What is 7 - 3?", "What is 7 + 3?", false)]
    [TestCase("ＦＵＬＬ width", "full WIDTH", true)]
    [TestCase("x12", "x 12", true)]
    [TestCase("12", "1 2", false)]
    [TestCase("求和", "求 和", true)]
    [TestCase("ab", "a b", false)]
    [TestCase("5!", "5", false)]
    public void Of_Texts_AreTheSameWordsOrNot(string one, string other, bool same) => Words.Of(one).SequenceEqual(Words.Of(other)).Should().Be(same);

    [Test]
    public void Sequences_OfALength_DependOnTheirWordsOnly()
    {
        ulong[] first = [.. Words.Sequences(Words.Of("a b c d e"), 3)], second = [.. Words.Sequences(Words.Of("x y z a b c d e"), 3)];

        first.Should().HaveCount(3).And.OnlyHaveUniqueItems();
        second[3..].Should().Equal(first);
        Words.Sequences(Words.Of("a b"), 3).Should().BeEmpty();
    }
}
