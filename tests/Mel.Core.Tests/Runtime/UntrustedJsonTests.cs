using System.Text;
using System.Text.Json;
using Mel.Runtime;

namespace Mel.Core.Tests.Runtime;

[TestFixture]
public sealed class UntrustedJsonTests
{
    private static readonly FileFault Fault = (problem, inner) => new FormatException(problem, inner);

    [TestCase("", false)]
    [TestCase("plain", false)]
    [TestCase(@"\ud83d\ude00", false)]
    [TestCase(@"a\ud83d\ude00\n\uD83D\uDE00z", false)]
    [TestCase(@"\ud800", true)]
    [TestCase(@"\uDC00x", true)]
    [TestCase(@"\ud800x\udc00", true)]
    [TestCase(@"\ud800\ud800\udc00", true)]
    [TestCase(@"\udc00\ud800", true)]
    [TestCase(@"\\ud800", false)]           // a backslash, and then letters
    [TestCase(@"\\\ud800", true)]
    [TestCase(@"\ud83d\n\ude00", true)]
    public void HasLoneSurrogate_Escapes_AreToldApart(string escaped, bool expected) => UntrustedText.HasLoneSurrogate(Encoding.UTF8.GetBytes(escaped)).Should().Be(expected);

    [TestCase(@"{""\ud800"":1}", "*unpaired surrogate*")]
    [TestCase(@"{""a"":[{""b"":""\udc00x""}]}", "*unpaired surrogate*")]
    [TestCase("{\"a\":1,\"a\":2}", "*a name twice*")]
    [TestCase("{\"a\":tru}", "*no valid JSON (line 1, byte *damaged*")]
    [TestCase("{\"a\":1}\n}", "*no valid JSON (line 2, byte 1)*")]
    [TestCase("[]", "*a JSON array, but an object*")]
    [TestCase("", "*no valid JSON*")]
    public void ParseObject_WhatIsNoSuchJson_IsRefused(string json, string message)
        => FluentActions.Invoking(() => UntrustedJson.ParseObject(Encoding.UTF8.GetBytes(json), Fault)).Should().Throw<FormatException>().WithMessage(message);

    [TestCase(new byte[] { 0xFF })]
    [TestCase(new byte[] { 0xC3 })]
    [TestCase(new byte[] { 0xED, 0xA0, 0x80 })]         // a surrogate
    public void Parse_BytesThatAreNoText_AreRefused(byte[] bytes)
        => FluentActions.Invoking(() => UntrustedJson.Parse(new byte[][] { "{\""u8.ToArray(), bytes, "\":1}"u8.ToArray() }.SelectMany(b => b).ToArray(), Fault))
            .Should().Throw<FormatException>().WithMessage("*no valid UTF-8*");

    [Test]
    public void Parse_ByteOrderMark_IsPassedOver()
    {
        using JsonDocument document = UntrustedJson.Parse(Encoding.UTF8.GetBytes("\uFEFF{\"a\":1}"), Fault);
        document.RootElement.GetProperty("a").GetInt32().Should().Be(1);
    }

    [Test]
    public void Parse_TooManyValuesDeepNestingOrEndlessNumbers_AreRefused()
    {
        Refuse("[0,0,0,0]", 4).WithMessage("*more than 4 values*");      // the array, its end and four numbers
        Refuse(new string('[', 65) + new string(']', 65), 1000).WithMessage("*no valid JSON*");
        Refuse(new string('1', 3000), 1000).WithMessage("*number*3,000 characters*");
        using (UntrustedJson.Parse("[0,0]"u8.ToArray(), Fault, 4))
        {
        }

        FluentAssertions.Specialized.ExceptionAssertions<FormatException> Refuse(string json, int values)
            => FluentActions.Invoking(() => UntrustedJson.Parse(Encoding.UTF8.GetBytes(json), Fault, values)).Should().Throw<FormatException>();
    }

    [Test]
    public void Excerpt_LongText_IsCutBetweenCharacters()
    {
        Excerpt.Quoted("short").Should().Be("'short'");
        Excerpt.Of(new string('x', 100), 10).Should().Be("xxxxxxxxxx... (100 characters)");
        Excerpt.Quoted("xxx" + string.Concat(Enumerable.Repeat("\U0001F600", 10)), 4).Should().Be("'xxx...' (23 characters)");
    }
}
