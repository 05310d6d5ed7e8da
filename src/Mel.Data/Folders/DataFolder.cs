using Mel.Data.Files;

namespace Mel.Data.Folders;

/// <summary>
/// A data set's folder in the Hugging Face layout: parquet files or JSON lines, with <c>configs:</c> in the header of README.md or, without it, splits by the
/// names of the files. The files are found when the folder is opened.
/// </summary>
public sealed class DataFolder
{
    private const int MostFiles = 100_000;

    /// <summary>Files of a data set's folder that hold no rows.</summary>
    private static readonly HashSet<string> Metadata =
        new(["dataset_info.json", "dataset_infos.json", "state.json", "dataset_dict.json"], StringComparer.Ordinal);

    private readonly string _path;
    private readonly List<(CardConfig Config, List<(string Split, List<string> Files)> Splits)> _configs = [];

    private DataFolder(string path) => _path = path;

    /// <summary>The names of the configurations, in the order of the card; <c>default</c> where the card has none.</summary>
    public IReadOnlyList<string> Configs => [.. _configs.Select(c => c.Config.Name)];

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="DataFormatException">The card is damaged, or there is no data file.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static DataFolder Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Directory.Exists(path)) throw new DirectoryNotFoundException($"There is no folder '{path}'; give the folder of a data set.");
        var folder = new DataFolder(path);
        string[] names = FileNames(path);
        if (names.Length == 0)
            throw new DataFormatException(path, 0, $"the folder holds no data file; expected are files that end in {string.Join(", ", RowReader.Extensions)}.");
        IReadOnlyList<CardConfig> configs = DataCard.Read(path);
        if (configs.Count == 0) configs = [new CardConfig("default", true, "", [])];
        foreach (CardConfig config in configs) folder._configs.Add((config, Splits(config, names)));
        return folder;
    }

    /// <summary>The names of the splits of a configuration.</summary>
    /// <param name="config">Its name; null takes the only one, or the one that the card marks as the default.</param>
    /// <exception cref="DataSplitException">There is no such configuration.</exception>
    public IReadOnlyList<string> Splits(string? config = null) => [.. Find(config).Select(s => s.Split)];

    /// <summary>The files of a split, in order.</summary>
    /// <param name="split">The name of the split.</param>
    /// <param name="config">The configuration; null takes the only one, or the one that the card marks as the default.</param>
    /// <exception cref="DataSplitException">There is no such configuration or split.</exception>
    /// <exception cref="DataFormatException">The card names files that are not there.</exception>
    public IReadOnlyList<string> Files(string split, string? config = null)
    {
        ArgumentNullException.ThrowIfNull(split);
        List<(string Split, List<string> Files)> splits = Find(config);
        int at = splits.FindIndex(s => s.Split == split);
        if (at < 0) throw new DataSplitException(_path, "split", split, Splits(config));
        if (splits[at].Files.Count == 0)
            throw new DataFormatException(_path, 0, $"the card names files of the split '{split}' that are not there; fetch the whole data set.");
        return [.. splits[at].Files.Select(f => Path.Combine(_path, f.Replace('/', Path.DirectorySeparatorChar)))];
    }

    private static List<(string Split, List<string> Files)> Splits(CardConfig config, string[] names)
    {
        string[] inside = config.Folder.Length == 0 ? names : [.. names.Where(n => n.StartsWith(config.Folder + "/", StringComparison.Ordinal))];
        if (config.Splits.Count > 0)
        {
            return
            [
                .. config.Splits.GroupBy(s => s.Split, StringComparer.Ordinal)
                    .Select(s => (s.Key, (List<string>)[.. s.SelectMany(i => i.Patterns).SelectMany(p => Matching(p, config, inside)).Distinct()])),
            ];
        }

        // Where a folder has its rows in several forms, one of them is read.
        string? extension = RowReader.Extensions.FirstOrDefault(e => inside.Any(n => n.EndsWith(e, StringComparison.OrdinalIgnoreCase)));
        string[] files = [.. inside.Where(n => extension is not null && n.EndsWith(extension, StringComparison.OrdinalIgnoreCase))];
        bool said = files.Any(n => SplitNames.Of(n) is not null);
        return
        [
            .. files.Select(n => (Split: said ? SplitNames.Of(n) : SplitNames.Train, Name: n)).Where(n => n.Split is not null)
                .GroupBy(n => n.Split!, StringComparer.Ordinal).Select(g => (g.Key, (List<string>)[.. g.Select(n => n.Name)])),
        ];
    }

    private static IEnumerable<string> Matching(string pattern, CardConfig config, string[] names)
    {
        FilePattern files = new(config.Folder.Length == 0 ? pattern : $"{config.Folder}/{pattern}");
        return names.Where(files.IsMatch);
    }

    private static string[] FileNames(string path)
    {
        EnumerationOptions options = new() { RecurseSubdirectories = true, MaxRecursionDepth = 8, AttributesToSkip = FileAttributes.None };
        string[] names =
        [
            .. Directory.EnumerateFiles(path, "*", options)
                .Where(f => RowReader.Extensions.Any(e => f.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
                .Select(f => Path.GetRelativePath(path, f).Replace('\\', '/'))
                .Where(n => !Metadata.Contains(n) && !n.Split('/').Any(p => p.StartsWith('.') || p.StartsWith("__", StringComparison.Ordinal)))
                .Take(MostFiles + 1).Order(StringComparer.Ordinal),
        ];
        return names.Length <= MostFiles
            ? names
            : throw new DataFormatException(path, 0, $"the folder holds more than {MostFiles:N0} data files, the most that are read.");
    }

    private List<(string Split, List<string> Files)> Find(string? config)
    {
        int at = config is not null ? _configs.FindIndex(c => c.Config.Name == config)
            : _configs.Count == 1 ? 0
            : _configs.FindIndex(c => c.Config.IsDefault) is >= 0 and var marked ? marked : _configs.FindIndex(c => c.Config.Name == "default");
        return at >= 0 ? _configs[at].Splits : throw new DataSplitException(_path, "configuration", config, Configs);
    }
}
