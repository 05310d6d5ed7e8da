using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Surface;

/// <summary>What a user sees says what it is, the rooms stand in the documentation, and the surface does not grow unnoticed.</summary>
[TestFixture]
internal sealed class PublicSurfaceTests
{
    /// <summary>
    /// Lines of public surface that all packages may have together. Less to learn for the same power is the point of the rooms' order: a line more than this is
    /// a decision, taken here.
    /// </summary>
    private const int MostLines = 2600;

    private static IEnumerable<TestCaseData> Rooms()
        => from package in House.Packages from room in package.Rooms select new TestCaseData(package, room).SetArgDisplayNames(package.Name, room);

    [TestCaseSource(nameof(Rooms))]
    public void Room_PublicTypesAndMembers_SayWhatTheyAre(Package package, string room)
    {
        using CompiledAssembly assembly = package.Open();
        XmlDocs docs = package.OpenDocs();
        var surface = new PublicSurface(assembly);
        surface.Types.Where(t => package.RoomOf(assembly.Namespace(t)) == room).SelectMany(surface.Ids).Where(id => !docs.Says(id))
            .ShouldBeNone("What is public or protected has a <summary>, or an <inheritdoc/>.");
    }

    [Test]
    public void Says_MembersWithoutText_AreFound_AndNoOthers()
    {
        var sample = new Package("Mel.Architecture.Tests", "Mel.Architecture.Tests", []);
        using CompiledAssembly assembly = sample.Open();
        XmlDocs docs = sample.OpenDocs();
        var surface = new PublicSurface(assembly);
        const string Name = "Mel.Architecture.Tests.Surface.Sample`1";
        surface.Types.Where(t => assembly.FullName(t) == Name).SelectMany(surface.Ids).Where(id => !docs.Says(id))
            .Should().BeEquivalentTo($"P:{Name}.Empty", $"E:{Name}.Untold", $"M:{Name}.UntoldProtected(`0)");
    }

    [TestCaseSource(typeof(House), nameof(House.Packages))]
    public void Concepts_ListTheRoomsInOrder(Package package)
        => RoomTable.Rooms(package.Name).Should()
            .Equal(package.Rooms.Where(r => r != Package.Front), "docs/concepts.md has a row for every room of {0} below '### {0}'", package.Name);

    [Test]
    public void PublicSurface_GrowsOnPurpose()
    {
        string[] lists = [.. Directory.EnumerateFiles(Repository.Source, "PublicAPI.*.txt", SearchOption.AllDirectories)];
        lists.Should().HaveCount(2 * House.Packages.Count);
        lists.Sum(list => File.ReadLines(list).Count(line => line.Length > 0 && line[0] != '#')).Should().BeLessThanOrEqualTo(MostLines);
    }
}
