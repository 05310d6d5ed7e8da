using Mel.Runtime;

namespace Mel.Samples.QuickStart;

/// <summary>The settings of the program. They lie beside the runs as <c>run.json</c>, which starts them again.</summary>
internal sealed class Settings
{
    [Setting("Steps of each run, 1 to 1000.", AtLeast = 1, AtMost = 1000)]
    public int Steps { get; set; } = 30;

    [Setting("Seeds of each variant, 1 to 100. One seed gives no verdict.", AtLeast = 1, AtMost = 100)]
    public int Seeds { get; set; } = 3;

    [Setting("The first seed; the others follow it.")]
    public ulong Seed { get; set; } = 1;

    [Setting("Folder of figures, records and pictures.", IsPlace = true)]
    public string Out { get; set; } = Path.Combine("runs", "quickstart");

    /// <summary>The seeds of the runs.</summary>
    public ulong[] AllSeeds => [.. Enumerable.Range(0, Seeds).Select(n => unchecked(Seed + (ulong)n))];

    /// <summary>The folders of all runs.</summary>
    public IEnumerable<string> RunFolders => Variant.All.SelectMany(variant => AllSeeds.Select(seed => RunFolder(variant, seed)));

    /// <summary>The folder of a variant with one seed.</summary>
    public string RunFolder(Variant variant, ulong seed) => Path.Combine(Out, variant.FileName, $"seed-{seed}");
}
