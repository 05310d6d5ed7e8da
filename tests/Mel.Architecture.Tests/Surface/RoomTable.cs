using System.Text.RegularExpressions;

namespace Mel.Architecture.Tests.Surface;

/// <summary>The tables below "## Rooms" in docs/concepts.md: one per package, a row per room.</summary>
internal static partial class RoomTable
{
    /// <summary>The rooms that the table of a package lists; none where there is no table.</summary>
    public static IReadOnlyList<string> Rooms(string package)
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "concepts.md"));
        int rooms = page.IndexOf("\n## Rooms\n", StringComparison.Ordinal);
        int start = rooms < 0 ? -1 : page.IndexOf($"\n### {package}\n", rooms, StringComparison.Ordinal);
        if (start < 0) return [];
        int end = page.IndexOf("\n##", start + 1, StringComparison.Ordinal);
        return [.. Row().Matches(end < 0 ? page[start..] : page[start..end]).Select(m => m.Groups[1].Value)];
    }

    /// <summary>A row names the room and says what it holds.</summary>
    [GeneratedRegex(@"^\| `(\w+)` \| \S.* \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
