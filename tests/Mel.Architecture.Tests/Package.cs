using Mel.Architecture.Tests.Reading;

namespace Mel.Architecture.Tests;

/// <summary>A package: its assembly, the namespace its rooms lie below, and the rooms in order.</summary>
/// <param name="Name">Name of the assembly and of the folder in src.</param>
/// <param name="Root">Namespace that the rooms lie below.</param>
/// <param name="Rooms">The rooms, each of which knows only those before it.</param>
internal sealed record Package(string Name, string Root, IReadOnlyList<string> Rooms)
{
    /// <summary>The room of the types that stand in the root namespace itself.</summary>
    public const string Front = "(root)";

    private const string Registration = "Microsoft.Extensions.DependencyInjection";

    /// <summary>The folder of its source.</summary>
    public string Folder => Path.Combine(Repository.Source, Name);

    /// <summary>The assembly beside the one of the tests, read as data.</summary>
    public CompiledAssembly Open() => new(Path.Combine(AppContext.BaseDirectory, Name + ".dll"));

    /// <summary>Documentation of the package's types and members.</summary>
    public XmlDocs OpenDocs() => XmlDocs.Read(Path.Combine(AppContext.BaseDirectory, Name + ".xml"));

    /// <summary>
    /// The room that a namespace belongs to, in the list or not. Shared source stands in <c>Mel.Runtime</c>, whatever package it is compiled into.
    /// </summary>
    public string RoomOf(string space)
    {
        if (space == Root) return Front;
        if (space.StartsWith(Root + ".", StringComparison.Ordinal)) return space[(Root.Length + 1)..].Split('.')[0];
        return space switch { Registration => "DependencyInjection", "Mel.Runtime" => "Runtime", _ => space };
    }

    /// <summary>The place of a namespace's room in the order, -1 where the order does not have it.</summary>
    public int PlaceOf(string space) => Rooms.ToList().IndexOf(RoomOf(space));

    public override string ToString() => Name;
}
