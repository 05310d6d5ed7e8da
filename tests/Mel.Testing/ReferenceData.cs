namespace Mel.Testing;

/// <summary>
/// The folder of reference data named by <c>MEL_REFERENCE_DATA</c>, or else the folder <c>shared</c> beside the checkout. A test that needs it asks here and
/// is ignored, with a message, where it is absent; it is also marked <c>[Category(ReferenceData.Category)]</c>.
/// </summary>
public static class ReferenceData
{
    /// <summary>Test category of everything that reads reference data.</summary>
    public const string Category = "Reference";

    private static readonly Lazy<string?> Root = new(Find);

    /// <summary>Whether a folder of reference data is present.</summary>
    public static bool IsPresent => Root.Value is not null;

    /// <summary>The path of a file or folder below the root, or the test is ignored.</summary>
    public static string Require(params string[] parts)
    {
        if (Root.Value is null) Assert.Ignore("No reference data: set MEL_REFERENCE_DATA to a folder that holds golden/ and data/.");
        string path = Path.Combine([Root.Value!, .. parts]);
        if (!Path.Exists(path)) Assert.Ignore($"The reference data has no '{Path.Combine(parts)}'.");
        return path;
    }

    /// <summary>The files below a folder, or none where the data is absent: usable as a test case source.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern)
    {
        string? path = Root.Value is null ? null : Path.Combine(Root.Value, folder);
        return path is null || !Directory.Exists(path) ? [] : [.. Directory.EnumerateFiles(path, pattern).Order(StringComparer.Ordinal)];
    }

    /// <summary>The folders directly below a folder, or none where the data is absent.</summary>
    public static IReadOnlyList<string> Folders(string folder)
    {
        string? path = Root.Value is null ? null : Path.Combine(Root.Value, folder);
        return path is null || !Directory.Exists(path) ? [] : [.. Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)];
    }

    private static string? Find()
    {
        string? named = Environment.GetEnvironmentVariable("MEL_REFERENCE_DATA");
        if (!string.IsNullOrEmpty(named)) return Directory.Exists(named) ? named : null;
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Mel.sln"))) continue;
            string beside = Path.Combine(folder.Parent?.FullName ?? "/", "shared");
            return Directory.Exists(Path.Combine(beside, "golden")) ? beside : null;
        }
        return null;
    }
}
