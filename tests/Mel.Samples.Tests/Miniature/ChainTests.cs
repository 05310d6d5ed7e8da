namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class ChainTests
{
    private const string Text = "step1 17 op12 odd +4 21 step2 21 op40 odd 3x+1 0 ANS 0";

    [Test]
    public void Chain_Follow_AppliesTheBelieversRules()
    {
        Rule four = Rule.All[1], triple = Rule.All[6];
        Chain.Follow(new Question(17, [12, 40]), fact => fact.Operator == 12 ? four : triple).ToString().Should().Be(Text);
    }

    [Test]
    public void Chain_FormatAndParse_RoundTrip()
    {
        var world = new World(3);
        var random = new SeededRandom(1);
        for (int i = 0; i < 200; i++)
        {
            int length = 1 + random.Next(Question.MaxLength);
            Chain chain = Chain.Follow(Question.Draw(random, heldOut: false, new WorldShape { QuestionLength = length }), fact => world.Beliefs.Draw(fact, random));
            Chain.TryParse(chain.ToString(), out Chain? parsed, out _).Should().BeTrue();
            parsed!.Steps.Should().Equal(chain.Steps);
            parsed.Answer.Should().Be(chain.Answer);
            chain.ToString().Split(' ').Should().HaveCount(Chain.WordCount(length));
        }
    }

    [TestCase("", "whole number of steps")]
    [TestCase("ANS 0", "whole number of steps")]
    [TestCase("step1 17 op12 odd +4 ANS 21", "whole number of steps")]
    [TestCase("step2 17 op12 odd +4 21 ANS 21", "step1 value operator parity rule value")]
    [TestCase("step1 17 op12 odd +5 21 ANS 21", "step1 value operator parity rule value")]
    [TestCase("step1 17 op12 odd +4 21 ANS 32", "ANS value")]
    [TestCase("step1 17 op12 odd +4 21 SOL 21", "ANS value")]
    [TestCase("step1 17  op12 odd +4 21 ANS 21", "whole number of steps")]
    public void Chain_Malformed_SaysWhatIsExpected(string text, string reason)
    {
        Chain.TryParse(text, out _, out string? malformed).Should().BeFalse();
        malformed.Should().Contain(reason);
    }
}
