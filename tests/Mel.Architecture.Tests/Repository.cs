namespace Mel.Architecture.Tests;

/// <summary>The text of the repository that these tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static readonly string Root = Find();

    public static string Source => Path.Combine(Root, "src");

    /// <summary>The C# files below a folder, in order, without what a build leaves there. Paths are absolute.</summary>
    public static IEnumerable<string> CSharpFiles(string folder)
        => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories).Where(f => !IsBuilt(f)).Order(StringComparer.Ordinal);

    /// <summary>The pages of documentation below a folder, in order.</summary>
    public static IEnumerable<string> Pages(string folder)
        => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.md", SearchOption.AllDirectories).Where(f => !IsBuilt(f)).Order(StringComparer.Ordinal);

    /// <summary>A path as messages name it.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static bool IsBuilt(string path) => Relative(path).Split('/') is var parts && (parts.Contains("obj") || parts.Contains("bin"));

    private static string Find()
    {
        DirectoryInfo folder = new(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Mel.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException($"No folder above '{AppContext.BaseDirectory}' holds Mel.sln.");
        return folder.FullName;
    }
}
