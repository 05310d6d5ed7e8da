using System.Reflection.Metadata;
using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests.Rooms;

/// <summary>Holds an assembly against the order of its rooms.</summary>
internal static class RoomOrder
{
    /// <summary>Every pair of types of which the first knows the second although its room comes earlier, with one member that says so.</summary>
    public static IReadOnlyList<string> BackArrows(Package package, CompiledAssembly assembly)
        => [.. Arrows.In(assembly)
            .Where(a => package.PlaceOf(assembly.Namespace(a.From)) is >= 0 and var from && package.PlaceOf(assembly.Namespace(a.To)) > from)
            .GroupBy(a => (a.From, a.To))
            .Select(g => (From: Name(package, assembly, g.Key.From), To: Name(package, assembly, g.Key.To), Where: g.Select(a => a.Where).Distinct().Take(3)))
            .Select(arrow => $"{arrow.From} -> {arrow.To} (in {string.Join(", ", arrow.Where)})")
            .Order(StringComparer.Ordinal)];

    /// <summary>Every namespace whose room the order does not have.</summary>
    public static IReadOnlyList<string> UnknownRooms(Package package, CompiledAssembly assembly)
        => [.. assembly.Types.Select(assembly.Namespace).Distinct().Where(space => package.PlaceOf(space) < 0).Order(StringComparer.Ordinal)];

    private static string Name(Package package, CompiledAssembly assembly, TypeDefinitionHandle type)
        => $"{package.RoomOf(assembly.Namespace(type))}.{assembly.Metadata.GetString(assembly.Metadata.GetTypeDefinition(type).Name)}";
}
