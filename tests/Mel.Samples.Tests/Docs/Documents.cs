using System.Text.RegularExpressions;

namespace Mel.Samples.Tests.Docs;

/// <summary>The pages of the repository, and the code of this folder that they show.</summary>
internal static partial class Documents
{
    public static string Repository
    {
        get
        {
            DirectoryInfo folder = new(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "Mel.sln"))) folder = folder.Parent!;
            return folder.FullName;
        }
    }

    /// <summary>The pages a reader finds: README, changelog, <c>docs</c>, and the readme of every package.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "README.md", "CHANGELOG.md",
        .. Directory.EnumerateFiles(Path.Combine(Repository, "docs"), "*.md").Order(StringComparer.Ordinal).Select(f => $"docs/{Path.GetFileName(f)}"),
        .. Directory.EnumerateDirectories(Path.Combine(Repository, "src")).Where(f => File.Exists(Path.Combine(f, "readme.md"))).Order(StringComparer.Ordinal)
            .Select(f => $"src/{Path.GetFileName(f)}/readme.md"),
    ];

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository, .. path]));

    /// <summary>All sections of the files of this folder: the code that the pages may show.</summary>
    public static IReadOnlyList<(string File, string Name)> Sections()
        => [.. from path in Directory.EnumerateFiles(Path.Combine(Repository, "tests", "Mel.Samples.Tests", "Docs"), "*.cs").Order(StringComparer.Ordinal)
               from Match tag in Tag().Matches(File.ReadAllText(path))
               select (Path.GetFileName(path), tag.Groups[1].Value)];

    /// <summary>The lines of a file of this folder between <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c>, without the indentation they share.</summary>
    public static string Section(string file, string name)
    {
        string source = Read("tests", "Mel.Samples.Tests", "Docs", file), from = $"// <{name}>", to = $"// </{name}>";
        string[] lines = source[(source.IndexOf(from, StringComparison.Ordinal) + from.Length)..source.IndexOf(to, StringComparison.Ordinal)].Split('\n')[1..^1];
        int indentation = lines.Where(l => l.Trim().Length > 0).Min(l => l.Length - l.TrimStart().Length);
        return string.Join('\n', lines.Select(l => l.Length >= indentation ? l[indentation..] : l.Trim())).Trim();
    }

    [GeneratedRegex(@"^\s*// <(\w+)>\s*$", RegexOptions.Multiline)]
    private static partial Regex Tag();
}
