using System.Text.RegularExpressions;

namespace Mel.Architecture.Tests.Style;

/// <summary>The text of the source: files that fit in a head, lines that fit on a screen, files that are named after what is in them.</summary>
[TestFixture]
internal sealed partial class SourceTextTests
{
    private const int MostLines = 300;

    private const int LongestLine = 160;

    /// <summary>Folders whose files are not named after a type: tasks of the build, and many tiny types that one test needs.</summary>
    private static readonly string[] Others = ["/buildTransitive/", "/Rooms/Samples/"];

    /// <summary>Files that hold texts for a model word for word: a line break in such a text is a token, so no line of it can be wrapped.</summary>
    private const string Prompts = ".Templates.cs";

    [TestCase("src")]
    [TestCase("samples")]
    [TestCase("benchmarks")]
    [TestCase("tests")]
    public void Files_HaveAtMost300Lines(string folder)
        => (from file in Repository.CSharpFiles(folder)
            let lines = File.ReadLines(file).Count()
            where lines > MostLines
            select $"{Repository.Relative(file)}: {lines}").ShouldBeNone($"A file has at most {MostLines} lines.");

    [TestCase("src")]
    [TestCase("samples")]
    [TestCase("benchmarks")]
    public void Lines_HaveAtMost160Characters(string folder)
        => (from file in Repository.CSharpFiles(folder)
            where !file.EndsWith(Prompts, StringComparison.Ordinal)
            from line in File.ReadLines(file).Select((text, index) => (Number: index + 1, text.Length))
            where line.Length > LongestLine
            select $"{Repository.Relative(file)}:{line.Number}: {line.Length}").ShouldBeNone($"A line has at most {LongestLine} characters.");

    [TestCase("src")]
    [TestCase("samples")]
    [TestCase("benchmarks")]
    [TestCase("tests")]
    public void Files_AreNamedAfterTheirFirstType(string folder)
        => (from file in Repository.CSharpFiles(folder)
            where !Others.Any(o => file.Contains(o, StringComparison.Ordinal))
            let type = FirstType().Match(File.ReadAllText(file)).Groups["name"].Value
            where type.Length > 0 && Path.GetFileName(file).Split('.') is var parts && (parts[0] != type || parts.Length > 3)
            select $"{Repository.Relative(file)}: {type}").ShouldBeNone("A file is named after its first type: Type.cs, or Type.Aspect.cs for a part of it.");

    /// <summary>A type that begins a line; nested ones are indented.</summary>
    [GeneratedRegex(
        """
        ^(?: \[[^\n]*\][ ]? )*
        (?: (?: public | internal | file | static | sealed | abstract | partial | readonly | ref | unsafe ) \s+ )*
        (?: (?: class | interface | enum | struct | record (?: \s+ (?: class | struct ) )? ) \s+ (?<name> \w+ )
          | delegate \s+ [^\n(]* \b (?<name> \w+ ) (?: <[^>\n]*> )? \( )
        """,
        RegexOptions.Multiline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex FirstType();
}
