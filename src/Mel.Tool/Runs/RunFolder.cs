using System.Globalization;
using Mel.Report;

namespace Mel.Tool.Runs;

/// <summary>A folder of a run.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Name">What to call the run: its path below what was asked for, so that all names differ.</param>
internal sealed record RunFolder(string Path, string Name)
{
    private static readonly EnumerationOptions Search = new()
    {
        RecurseSubdirectories = true, MaxRecursionDepth = 4, AttributesToSkip = FileAttributes.ReparsePoint,
    };

    // seed-10 comes after seed-9.
    private static readonly StringComparer Order = StringComparer.Create(CultureInfo.InvariantCulture, CompareOptions.NumericOrdering);

    /// <summary>The folder itself where it is one of a run, otherwise all runs below it.</summary>
    /// <param name="path">A folder, or the file of figures in it.</param>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        string folder = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(folder)) folder = Above(folder);
        if (File.Exists(System.IO.Path.Combine(folder, RunFigures.FileName))) return [folder];
        string[] found = [.. Directory.EnumerateFiles(folder, RunFigures.FileName, Search).Select(f => System.IO.Path.GetDirectoryName(f)!).Order(Order)];
        return found.Length > 0 ? found
            : throw new InvalidDataException($"'{path}' holds no run: neither there nor in a folder below is a {RunFigures.FileName}.");
    }

    /// <summary>All runs of several folders, each once.</summary>
    public static IReadOnlyList<RunFolder> FindAll(IReadOnlyList<string> paths)
    {
        string[] all = [.. paths.SelectMany(Find).Distinct()];
        return [.. all.Zip(NamesOf(all), (folder, name) => new RunFolder(folder, name))];
    }

    /// <summary>Short names of folders that differ: their paths below the innermost folder that holds them all.</summary>
    public static IReadOnlyList<string> NamesOf(IReadOnlyList<string> folders)
    {
        string common = Above(folders[0]);
        while (common != Above(common) && !folders.All(folder => LiesBelow(folder, common))) common = Above(common);
        return [.. folders.Select(folder => System.IO.Path.GetRelativePath(common, folder))];
    }

    private static bool LiesBelow(string folder, string above)
        => folder.StartsWith(System.IO.Path.TrimEndingDirectorySeparator(above) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string Above(string folder) => System.IO.Path.GetDirectoryName(folder) ?? folder;
}
