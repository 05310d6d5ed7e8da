using System.Reflection;
using System.Text.RegularExpressions;
using Mel.Algorithms;
using Mel.Data;
using Mel.Diagnostics;
using Mel.Transformers;
using Mel.Verifiers;

namespace Mel.Samples.Tests.Docs;

/// <summary>No page shows code that nobody compiles, or names something that is not there.</summary>
[TestFixture]
public sealed partial class PagesTests
{
    private static readonly Assembly[] Packages = [typeof(Algorithm).Assembly, typeof(TransformerPolicy).Assembly, typeof(MathVerifier).Assembly, typeof(Terminal.RunBoard).Assembly, typeof(DataPrompts).Assembly,
        typeof(Report.RunPage).Assembly];

    /// <summary>Names of other projects and of .NET, which pages compare with or refer to.</summary>
    private static readonly string[] Foreign =
    [
        "GRPOConfig", "RLOOConfig", "IChatClient", "TorchSharp", "Services", "MelRepairTorchNative", "EquationTests", "OlympiadBench",
        .. Directory.EnumerateDirectories(Path.Combine(Documents.Repository, "samples")).Select(f => Path.GetFileName(f)),
    ];

    [TestCaseSource(typeof(Documents), nameof(Documents.Pages))]
    public void Page_CodeBlocks_AreCompiled(string page)
    {
        string[] sections = [.. Documents.Sections().Select(s => Documents.Section(s.File, s.Name))];
        foreach (Match block in Block().Matches(Documents.Read(page)))
        {
            string code = string.Join('\n', block.Groups[1].Value.Split('\n').Where(l => !l.StartsWith("using ", StringComparison.Ordinal) || l.StartsWith("using var", StringComparison.Ordinal) || l.Contains('='))).Trim();
            sections.Should().Contain(s => s.Contains(code), "tests/Mel.Samples.Tests/Docs has a section with the code of {0}:\n{1}", page, code);
        }
    }

    [Test]
    public void Sections_AreOnAPage()
    {
        string all = string.Join('\n', Documents.Pages.Select(p => Documents.Read(p)));
        foreach ((string file, string name) in Documents.Sections()) all.Should().Contain(Documents.Section(file, name), "{0} has a section '{1}' that a page shows", file, name);
    }

    [TestCase("README.md")]
    [TestCase("docs/concepts.md")]
    [TestCase("docs/data.md")]
    [TestCase("docs/equations.md")]
    [TestCase("docs/memory.md")]
    [TestCase("docs/metrics.md")]
    [TestCase("docs/presets.md")]
    [TestCase("src/Mel.Core/readme.md")]
    public void Page_TypesAndMembers_Exist(string page)
    {
        Dictionary<string, HashSet<string>> known = Known();
        IEnumerable<string[]> named = Name().Matches(Block().Replace(Documents.Read(page), string.Empty)).Select(m => m.Groups[1].Value.Split('.')).Where(n => n[0] != "Mel" && !Foreign.Contains(n[0]) && !Test().IsMatch(n[0]));
        named.Where(n => !known.TryGetValue(n[0], out HashSet<string>? members) || (n.Length > 1 && !members.Contains(n[1]))).Select(n => string.Join('.', n)).Distinct()
            .Should().BeEmpty("{0} names what is there", page);
    }

    [Test]
    public void EquationsPage_Tests_Exist()
    {
        string tests = Documents.Read("tests", "Mel.Core.Tests", "Paper", "EquationTests.cs"), page = Documents.Read("docs", "equations.md");
        string[] named = [.. Test().Matches(page).Select(m => m.Value).Distinct()], written = [.. Test().Matches(tests).Select(m => m.Value).Distinct()];
        named.Should().BeEquivalentTo(written, "docs/equations.md names the tests of EquationTests, and no others");
    }

    [Test]
    public void PresetsPage_HasARowForEveryPreset()
    {
        string page = Documents.Read("docs", "presets.md");
        string table = page[page.IndexOf("## What each preset is", StringComparison.Ordinal)..page.IndexOf("## Options", StringComparison.Ordinal)];
        Regex.Matches(table, @"^\| `([^`]+)` \|", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Should().Equal(Algorithm.Names);
    }

    [Test]
    public void MetricsPage_HasARowForEveryName_AndNoOther()
    {
        string[] names = [.. typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => (string)f.GetRawConstantValue()!)];
        Regex.Matches(Documents.Read("docs", "metrics.md"), @"^\| `([^`<]+)", RegexOptions.Multiline).Select(m => m.Groups[1].Value).Should().BeEquivalentTo(names);
    }

    /// <summary>Everything a page may name, with the members of each type: types, members, rooms, and what the samples and these tests hold.</summary>
    private static Dictionary<string, HashSet<string>> Known()
    {
        Dictionary<string, HashSet<string>> known = new(StringComparer.Ordinal);
        Type[] types =
        [
            .. Packages.SelectMany(a => a.GetExportedTypes()), .. typeof(World).Assembly.GetExportedTypes(), .. typeof(PagesTests).Assembly.GetTypes(),
            .. Packages.SelectMany(a => a.GetTypes()).Where(t => t.IsInterface),
        ];
        foreach (Type type in types)
        {
            HashSet<string> members = [.. Members(type)];
            if (!known.TryAdd(Plain(type), members)) known[Plain(type)].UnionWith(members);
            foreach (string member in members) known.TryAdd(member, []);
        }

        foreach (Type type in Packages.SelectMany(a => a.GetTypes())) known.TryAdd((type.Namespace ?? string.Empty).Split('.')[^1], []);

        return known;
    }

    private static IEnumerable<string> Members(Type type)
        => type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy)
            .Concat(type.GetInterfaces().SelectMany(i => i.GetMembers())).Select(m => m.Name);

    private static string Plain(Type type) => type.Name.Split('`')[0];

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    /// <summary>A name in backticks, with what is called or given in brackets cut off.</summary>
    [GeneratedRegex(@"`([A-Z]\w*[a-z]\w*(?:\.[A-Z]\w+)*)[^`]*`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bEq\d\d_\w+")]
    private static partial Regex Test();
}
