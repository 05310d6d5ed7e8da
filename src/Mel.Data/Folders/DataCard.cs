using Mel.Data.Files;
using Mel.Runtime;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Mel.Data.Folders;

/// <summary>Reads the header of a data set's card: the YAML between two lines of dashes at the beginning of README.md.</summary>
internal static class DataCard
{
    private const int MostBytes = 4 << 20, DeepestNesting = 32, MostNodes = 1 << 18, MostPatterns = 4096;
    private const string Expected = "expected is 'configs:' as a list with 'config_name' and 'data_files'";

    /// <summary>The configurations that the card of a folder names; none where there is no card, or none in it.</summary>
    /// <exception cref="DataFormatException">The header is damaged.</exception>
    public static IReadOnlyList<CardConfig> Read(string folder)
    {
        string path = Path.Combine(folder, "README.md");
        if (!Path.Exists(path)) return [];
        string text = UntrustedText.Read(path, MostBytes, Fault);
        if (Header(text) is not { } header) return [];
        try
        {
            RequireModest(header, Fault);
            YamlStream yaml = [];
            yaml.Load(new StringReader(header));
            return yaml.Documents is [{ RootNode: YamlMappingNode card }, ..] && Find(card, "configs") is { } configs ? Configs(configs, Fault) : [];
        }
        catch (YamlException e)
        {
            throw Fault($"its header is no valid YAML (line {e.Start.Line + 1}: {Excerpt.Of(e.Message)}).", e);
        }

        DataFormatException Fault(string problem, Exception? inner = null) => new(path, 0, problem, inner);
    }

    private static string? Header(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        if (lines[0].TrimEnd() != "---") return null;
        int end = Array.FindIndex(lines, 1, l => l.TrimEnd() == "---");
        return end < 0 ? null : string.Join('\n', lines[1..end]);
    }

    /// <summary>Walks over the header without building anything: what is nested too deep would end the process where it is built.</summary>
    private static void RequireModest(string header, FileFault fault)
    {
        var parser = new Parser(new StringReader(header));
        int depth = 0, nodes = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DeepestNesting) throw fault($"its header is nested deeper than {DeepestNesting} levels.");
            if (++nodes > MostNodes) throw fault($"its header has more than {MostNodes:N0} values, the most that are read.");
            if (parser.Current is AnchorAlias) throw fault("its header has an alias, which is not read; write the value out.");
        }
    }

    private static List<CardConfig> Configs(YamlNode configs, FileFault fault)
    {
        if (configs is not YamlSequenceNode list) throw fault($"'configs' is no list; {Expected}.");
        List<CardConfig> read = [];
        foreach (YamlNode item in list)
        {
            if (item is not YamlMappingNode config) throw fault($"an entry of 'configs' has no names in it; {Expected}.");
            string name = Scalar(config, "config_name") ?? "default";
            if (read.Exists(c => c.Name == name))
                throw fault($"the configuration '{Excerpt.Of(name)}' occurs twice; give every configuration a name of its own.");
            string folder = (Scalar(config, "data_dir") ?? "").Trim('/');
            bool isDefault = Scalar(config, "default") is "true" or "True";
            read.Add(new CardConfig(name, isDefault, folder is "." ? "" : folder, Splits(Find(config, "data_files"), name, fault)));
        }

        return read;
    }

    private static List<(string Split, IReadOnlyList<string> Patterns)> Splits(YamlNode? files, string config, FileFault fault)
    {
        List<(string Split, IReadOnlyList<string> Patterns)> splits = [];
        if (files is YamlMappingNode map)
        {
            foreach ((YamlNode split, YamlNode paths) in map.Children) splits.Add(((split as YamlScalarNode)?.Value ?? "", Patterns(paths, config, fault)));
        }
        else if (files is YamlSequenceNode list && list.All(i => i is YamlMappingNode))
        {
            foreach (YamlMappingNode item in list.Cast<YamlMappingNode>())
                splits.Add((Scalar(item, "split") ?? SplitNames.Train, Patterns(Find(item, "path"), config, fault)));
        }
        else if (files is not null) splits.Add((SplitNames.Train, Patterns(files, config, fault)));

        if (splits.Sum(s => s.Patterns.Count) > MostPatterns)
            throw fault($"a configuration has more than {MostPatterns:N0} patterns of files, the most that are read.");
        return splits;
    }

    private static string[] Patterns(YamlNode? node, string config, FileFault fault) => node switch
    {
        YamlScalarNode { Value: { Length: > 0 } one } => [one],
        YamlSequenceNode list when list.All(i => i is YamlScalarNode { Value.Length: > 0 }) => [.. list.Cast<YamlScalarNode>().Select(i => i.Value!)],
        _ => throw fault(
            $"'data_files' of the configuration '{Excerpt.Of(config)}' names no file; expected is a pattern such as data/train-*.parquet, or a list of them."),
    };

    private static YamlNode? Find(YamlMappingNode node, string key) => node.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    private static string? Scalar(YamlMappingNode node, string key) => Find(node, key) is YamlScalarNode { Value: { Length: > 0 } value } ? value : null;
}
