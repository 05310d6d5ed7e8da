using System.Text.RegularExpressions;
using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Rooms;

/// <summary>A room knows only those before it; every folder is a room, and every room is in the order.</summary>
[TestFixtureSource(typeof(House), nameof(House.Packages))]
internal sealed partial class RoomTests(Package package)
{
    [Test]
    public void Rooms_KnowOnlyThoseBeforeThem()
    {
        using CompiledAssembly assembly = package.Open();
        RoomOrder.BackArrows(package, assembly).ShouldBeNone($"A room of {package.Name} knows only those before it: {string.Join(", ", package.Rooms)}.");
    }

    [Test]
    public void Namespaces_AreAllInTheOrder()
    {
        using CompiledAssembly assembly = package.Open();
        RoomOrder.UnknownRooms(package, assembly)
            .ShouldBeNone($"Every namespace of {package.Name} has its place in the order: {string.Join(", ", package.Rooms)}.");
    }

    [Test]
    public void Rooms_AreAllInUse()
    {
        using CompiledAssembly assembly = package.Open();
        package.Rooms.Except(assembly.Types.Select(t => package.RoomOf(assembly.Namespace(t))))
            .ShouldBeNone("A room holds types; one without them leaves the order.");
    }

    [Test]
    public void Folders_AreRooms_AndHoldTheirNamespaces()
    {
        (from file in Repository.CSharpFiles(package.Folder)
         let folder = Path.GetRelativePath(package.Folder, file).Replace('\\', '/').Split('/') is [var first, _, ..] ? first : Package.Front
         where folder != "buildTransitive"   // source of the build of those who use the package
         let space = Namespace().Match(File.ReadAllText(file)).Groups[1].Value
         where package.RoomOf(space) != folder || !package.Rooms.Contains(folder)
         select $"{Repository.Relative(file)}: {space}").ShouldBeNone("The first folder of a file is its room, and its namespace says so.");
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
