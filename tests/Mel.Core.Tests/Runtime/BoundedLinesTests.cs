using System.Text;
using Mel.Runtime;

namespace Mel.Core.Tests.Runtime;

[TestFixture]
public sealed class BoundedLinesTests
{
    [TestCase("", new string[0])]
    [TestCase("a", new[] { "a" })]
    [TestCase("a\n", new[] { "a" })]
    [TestCase("a\n\nb", new[] { "a", "", "b" })]
    [TestCase("a\r\nb\rc\n\rd\r", new[] { "a", "b", "c", "", "d" })]
    [TestCase("\r\n\r\n", new[] { "", "" })]
    public void Of_LineEnds_AreThoseOfTheFramework(string text, string[] lines)
    {
        Lines(new MemoryStream(Encoding.UTF8.GetBytes(text)), 10).Should().Equal(lines);
        Lines(new OneByteStream(Encoding.UTF8.GetBytes(text)), 10).Should().Equal(lines);
        var reader = new StringReader(text);
        for (int i = 0; reader.ReadLine() is { } line; i++) line.Should().Be(lines[i]);
    }

    [Test]
    public void Of_LineOfTheLongestLength_IsRead_AndOneByteMoreIsRefusedWithItsNumber()
    {
        foreach (int longest in (int[])[1, 100, 65_535, 65_536, 200_000])
        {
            string line = new('x', longest);
            Lines(new MemoryStream(Encoding.UTF8.GetBytes($"a\n{line}\nb\n{line}")), longest).Should().Equal("a", line, "b", line);
            FluentActions.Invoking(() => Lines(new MemoryStream(Encoding.UTF8.GetBytes($"a\n{line}x\nb")), longest)).Should().Throw<FormatException>().WithMessage("2");
        }
    }

    private static List<string> Lines(Stream stream, int longest)
        => [.. BoundedLines.Of(stream, longest, number => new FormatException(number.ToString(null, null))).Select(line => Encoding.UTF8.GetString(line.Span))];

    /// <summary>A stream that gives a byte at a time, so that everything falls on the edge of what was read.</summary>
    private sealed class OneByteStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
