using Mel.Runtime;
using Mel.Testing;

namespace Mel.Core.Tests.Runtime;

[TestFixture, CancelAfter(20_000)]
public sealed class RegularFileTests
{
    private static readonly FileFault Fault = (problem, inner) => new FormatException(problem, inner);

    [TestCase("pipe", "it is a pipe*")]
    [TestCase("device", "it is a device*")]
    [TestCase("dangling", "it is not there, or a link that leads nowhere*")]
    [TestCase("folder", "it is a folder*")]
    public void Read_NoRegularFile_IsRefusedUnopened(string kind, string message)
    {
        using TemporaryFolder folder = new();
        SpecialFiles.Make(kind, folder.File("x"));
        FluentActions.Invoking(() => RegularFile.Read(folder.File("x"), 100, Fault)).Should().Throw<FormatException>().WithMessage(message);
    }

    [Test]
    public void Read_LinkToAFile_ReadsIt()
    {
        using TemporaryFolder folder = new();
        folder.Write("a", "text");
        File.CreateSymbolicLink(folder.File("b"), folder.File("a"));
        RegularFile.Read(folder.File("b"), 4, Fault).ToArray().Should().Equal("text"u8.ToArray());
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(5000)]
    public void Read_AtTheLimit_ReadsAll_AndOneMoreIsRefused(int length)
    {
        using TemporaryFolder folder = new();
        folder.Write("a", new string('x', length));
        RegularFile.Read(folder.File("a"), length, Fault).Length.Should().Be(length);
        folder.Write("a", new string('x', length + 1));
        FluentActions.Invoking(() => RegularFile.Read(folder.File("a"), length, Fault)).Should().Throw<FormatException>().WithMessage($"*{length + 1:N0} bytes*");
    }

    [Test]
    public void Read_FileThatClaimsNoLength_IsBoundedByWhatIsRead()
    {
        const string growing = "/proc/self/smaps";          // a regular file of length 0 that holds many kilobytes
        if (!File.Exists(growing)) Assert.Ignore("Linux only.");
        new FileInfo(growing).Length.Should().Be(0);
        FluentActions.Invoking(() => RegularFile.Read(growing, 4096, Fault)).Should().Throw<FormatException>().WithMessage("*more than 4,096 bytes*");
        RegularFile.Read(growing, 1 << 26, Fault).Length.Should().BeGreaterThan(4096);
    }
}
