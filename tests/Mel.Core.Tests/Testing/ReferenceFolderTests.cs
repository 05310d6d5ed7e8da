using Mel.Testing;

namespace Mel.Core.Tests.Testing;

/// <summary>What is missing from the reference data shows: ignored where nobody asked for the data, a failure where somebody did.</summary>
[TestFixture]
public sealed class ReferenceFolderTests
{
    [Test]
    public void Require_PresentPart_IsItsPath()
    {
        using TemporaryFolder folder = Filled();
        new ReferenceFolder(folder.Path, "/").Require("golden", "a.json").Should().Be(folder.File("golden", "a.json"));
    }

    [TestCase("golden", "b.json")]
    [TestCase("data", "a.json")]
    public void Require_NamedFolderLacksPart_FailsAndSaysWhatAndWhatFor(string name, string file)
    {
        using TemporaryFolder folder = Filled();
        var data = new ReferenceFolder(folder.Path, "/");
        data.Invoking(d => d.Require(name, file)).Should().Throw<FileNotFoundException>()
            .WithMessage($"*no '{Path.Combine(name, file)}'*MEL_REFERENCE_DATA={folder.Path}*names the folder of reference data*");
    }

    [Test]
    public void Require_NamedFolderIsMissing_Fails()
    {
        var data = new ReferenceFolder("/nowhere/at/all", "/");
        data.Invoking(d => d.Require("golden")).Should().Throw<FileNotFoundException>();
        data.Invoking(d => d.Files("golden", "*.json")).Should().Throw<FileNotFoundException>();
        data.Invoking(d => d.Folders("golden")).Should().Throw<FileNotFoundException>();
    }

    [Test]
    public void Lists_NamedFolderHasNothingOfTheKind_Fail()
    {
        using TemporaryFolder folder = Filled();
        var data = new ReferenceFolder(folder.Path, "/");
        data.Files("golden", "*.json").Should().Equal(folder.File("golden", "a.json"));
        data.Invoking(d => d.Files("golden", "*.jsonl")).Should().Throw<FileNotFoundException>().WithMessage($"*no '{Path.Combine("golden", "*.jsonl")}'*");
        data.Invoking(d => d.Folders("golden")).Should().Throw<FileNotFoundException>();
    }

    [TestCase(null)]
    [TestCase("")]
    public void Require_NoFolderAtAll_IsIgnored_AndListsAreEmpty(string? named)
    {
        using TemporaryFolder folder = Checkout(withGolden: false);
        var data = new ReferenceFolder(named, folder.File("checkout", "bin"));
        data.Invoking(d => d.Require("golden", "a.json")).Should().Throw<IgnoreException>().WithMessage("*MEL_REFERENCE_DATA names the folder of reference data*");
        data.Files("golden", "*.json").Should().BeEmpty();
        data.Folders("golden").Should().BeEmpty();
    }

    [Test]
    public void Require_FolderBesideTheCheckout_CountsAsNamed()
    {
        using TemporaryFolder folder = Checkout(withGolden: true);
        var data = new ReferenceFolder(null, folder.File("checkout", "bin"));
        data.Require("golden").Should().Be(folder.File("shared", "golden"));
        data.Invoking(d => d.Require("data")).Should().Throw<FileNotFoundException>().WithMessage("*no 'data'*beside the checkout*");
    }

    private static TemporaryFolder Filled()
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("golden"));
        File.WriteAllText(folder.File("golden", "a.json"), "{}");
        return folder;
    }

    private static TemporaryFolder Checkout(bool withGolden)
    {
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("checkout", "bin"));
        File.WriteAllText(folder.File("checkout", "Mel.sln"), "");
        Directory.CreateDirectory(withGolden ? folder.File("shared", "golden") : folder.File("shared"));
        return folder;
    }
}
