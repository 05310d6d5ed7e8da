using System.CommandLine;

namespace Mel.Samples.Study;

/// <summary>The options that several commands have.</summary>
internal static class Folders
{
    public static Option<string> Rows()
        => new("--out") { Description = "Folder of the rows and the pictures.", DefaultValueFactory = _ => Path.Combine("docs", "study") };

    public static Option<string> Cache()
        => new("--cache") { Description = "Folder of the models.", DefaultValueFactory = _ => Path.Combine("runs", "study") };
}
