namespace Mel.Samples.Tests.Miniature;

[TestFixture]
public sealed class ArgumentsTests
{
    [Test]
    public void Arguments_GivenAndAbsent_AreRead()
    {
        var arguments = new Arguments(["--steps", "5", "--seed", "18446744073709551615"], "--steps", "--seed", "--out");
        arguments.Count("--steps", 7).Should().Be(5);
        arguments.Seed("--seed", 7).Should().Be(ulong.MaxValue);
        arguments.Text("--out", "here").Should().Be("here");
    }

    [TestCase("--step 5", "'--step' is not an option*--steps, --seed*")]
    [TestCase("--steps", "'--steps' needs a value*")]
    [TestCase("--steps 1 --steps 2", "'--steps' is given twice*")]
    [TestCase("--steps 0", "--steps must be a whole number of at least 1, got '0'*")]
    [TestCase("--steps 1.5", "--steps must be a whole number of at least 1, got '1.5'*")]
    [TestCase("--seed -1", "--seed must be a whole number of at least 0, got '-1'*")]
    public void Arguments_Malformed_SayWhatIsExpected(string line, string message)
        => FluentActions.Invoking(() =>
        {
            var arguments = new Arguments(line.Split(' '), "--steps", "--seed");
            arguments.Count("--steps", 1);
            arguments.Seed("--seed", 1);
        }).Should().Throw<ArgumentException>().WithMessage(message);
}
