namespace Mel.Samples.Tests.Docs;

/// <summary>The pages of the repository, and the code of this folder that they show.</summary>
internal static class Documents
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

    public static string Read(params string[] path) => File.ReadAllText(Path.Combine([Repository, .. path]));

    /// <summary>The lines of a file of this folder between <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c>, without the indentation of a method body.</summary>
    public static string Section(string file, string name)
    {
        string source = Read("tests", "Mel.Samples.Tests", "Docs", file), from = $"// <{name}>", to = $"// </{name}>";
        string[] lines = source[(source.IndexOf(from, StringComparison.Ordinal) + from.Length)..source.IndexOf(to, StringComparison.Ordinal)].Split('\n')[1..^1];
        return string.Join('\n', lines.Select(l => l.Length >= 8 ? l[8..] : l.Trim())).Trim();
    }
}
