namespace Mel.Testing;

/// <summary>
/// A folder of reference data that may be absent. Where it is absent, a test that asks for something is ignored. Where it is present, what is missing below it
/// fails that test: somebody who names a folder wants its tests to run.
/// </summary>
public sealed class ReferenceFolder
{
    /// <summary>The environment variable that names the folder.</summary>
    public const string Variable = "MEL_REFERENCE_DATA";

    private const string Purpose = $"{Variable} names the folder of reference data: "
        + "golden/ with values of other implementations, data/ with problem sets, paper/ with the paper";

    private readonly string? _root;
    private readonly string _chosen;

    /// <param name="named">The value of the variable; null or empty where it is not set.</param>
    /// <param name="start">A folder inside a checkout, beside which a folder <c>shared</c> with <c>golden/</c> is taken where the variable is not set.</param>
    public ReferenceFolder(string? named, string start)
    {
        bool isNamed = !string.IsNullOrEmpty(named);
        _root = isNamed ? named : Beside(start);
        _chosen = isNamed ? $"{Variable}={named}" : $"the folder '{_root}' beside the checkout, which is taken where {Variable} is not set";
    }

    /// <summary>The path of a file or folder below the root.</summary>
    /// <exception cref="FileNotFoundException">The folder is present and has no such part.</exception>
    /// <exception cref="IgnoreException">The folder is absent.</exception>
    public string Require(params string[] parts)
    {
        if (_root is null) Assert.Ignore($"No reference data. {Purpose}.");
        string path = Path.Combine([_root!, .. parts]);
        return Path.Exists(path) ? path : throw Missing(Path.Combine(parts));
    }

    /// <summary>The files of a folder below the root, in order, or none where the root is absent: usable as a source of test cases.</summary>
    /// <exception cref="FileNotFoundException">The root is present and has no such file.</exception>
    public IReadOnlyList<string> Files(string folder, string pattern) => Entries(folder, pattern, Directory.EnumerateFiles);

    /// <summary>The folders directly in a folder below the root, in order, or none where the root is absent: usable as a source of test cases.</summary>
    /// <exception cref="FileNotFoundException">The root is present and has no such folder.</exception>
    public IReadOnlyList<string> Folders(string folder) => Entries(folder, "*", Directory.EnumerateDirectories);

    private string[] Entries(string folder, string pattern, Func<string, string, IEnumerable<string>> enumerate)
    {
        if (_root is null) return [];
        string path = Require(folder);
        string[] found = [.. enumerate(path, pattern).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw Missing(Path.Combine(folder, pattern));
    }

    private FileNotFoundException Missing(string part) => new($"The reference data has no '{part}': {_chosen}. {Purpose}.");

    private static string? Beside(string start)
    {
        DirectoryInfo? checkout = new(start);
        while (checkout is not null && !File.Exists(Path.Combine(checkout.FullName, "Mel.sln"))) checkout = checkout.Parent;
        if (checkout?.Parent is not { } parent) return null;
        string beside = Path.Combine(parent.FullName, "shared");
        return Directory.Exists(Path.Combine(beside, "golden")) ? beside : null;
    }
}
