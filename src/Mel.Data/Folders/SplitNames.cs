using System.Text.RegularExpressions;

namespace Mel.Data.Folders;

/// <summary>The split that the name of a file says: <c>train-00000-of-00001.parquet</c>, <c>data/test.jsonl</c>, <c>validation/0.parquet</c>.</summary>
internal static partial class SplitNames
{
    /// <summary>The split of files that say nothing.</summary>
    public const string Train = "train";

    private static readonly (string Split, string[] Words)[] Known =
    [
        (Train, ["train", "training"]), ("validation", ["validation", "valid", "val", "dev"]), ("test", ["test", "testing", "eval", "evaluation"]),
    ];

    /// <summary>The split of a file, or null where its name says none.</summary>
    /// <param name="name">The name within the folder, with slashes.</param>
    public static string? Of(string name)
    {
        if (Shard().Match(name) is { Success: true } shard) return Canonical(shard.Groups["split"].Value);
        string[] parts = name.Split('/');
        string stem = parts[^1].Split('.')[0];
        // The name of the file counts before those of its folders, the inner one first.
        foreach (string part in (string[])[stem, .. parts[..^1].Reverse()])
        {
            string[] words = [.. Word().Matches(part.ToLowerInvariant()).Select(m => m.Value)];
            (string? split, _) = Array.Find(Known, k => k.Words.Any(w => words.Contains(w)));
            if (split is not null) return split;
        }

        return null;
    }

    private static string Canonical(string name) => Array.Find(Known, k => k.Words.Contains(name)).Split ?? name;

    /// <summary>What writers of shards give: any split may stand before the number.</summary>
    [GeneratedRegex(@"(?:\A|/)(?<split>\w[\w.]*)-\d{5,}-of-\d{5,}(?:-[0-9a-f]+)?\.\w+\z")]
    private static partial Regex Shard();

    [GeneratedRegex("[a-z]+")]
    private static partial Regex Word();
}
