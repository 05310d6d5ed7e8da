using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Mel.Diagnostics;

namespace Mel.Samples.Tests.Docs;

/// <summary>
/// The tables of docs/metrics.md, made of what <see cref="MetricNames"/> says of its names. The page marks where the table of a category stands:
/// <c>&lt;!-- figures: Rewards --&gt;</c> before it, <c>&lt;!-- end --&gt;</c> after it.
/// </summary>
internal static partial class MetricsPage
{
    private const string Head = "| figure | what it is | unit | measured over | from | normal | otherwise |\n|---|---|---|---|---|---|---|\n";

    /// <summary>The labels in the remarks of a name, in their order. The first one is there only where the name goes on.</summary>
    private static readonly string[] Labels = ["Written", "Of", "Unit", "Source", "Normal", "Otherwise"];

    /// <summary>All names with what is said of them, in the order of their declaration.</summary>
    public static IReadOnlyList<Figure> Figures { get; } = Read();

    /// <summary>A page with its tables made anew.</summary>
    public static string Renewed(string page) => Table().Replace(page, match =>
    {
        string category = match.Groups["category"].Value;
        string rows = string.Concat(Figures.Where(f => f.Category == category).Select(f => f.Row + "\n"));
        return $"<!-- figures: {category} -->\n{Head}{rows}<!-- end -->";
    });

    /// <summary>The categories that a page has a place for, in its order.</summary>
    public static IEnumerable<string> Categories(string page) => Table().Matches(page).Select(m => m.Groups["category"].Value);

    private static IReadOnlyList<Figure> Read()
    {
        string docs = Path.ChangeExtension(typeof(MetricNames).Assembly.Location, ".xml");
        Dictionary<string, XElement> members = XDocument.Load(docs).Descendants("member").ToDictionary(m => m.Attribute("name")!.Value, StringComparer.Ordinal);
        return
        [
            .. typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(f => f.MetadataToken).Select(field =>
            {
                XElement member = members[$"F:{typeof(MetricNames).FullName}.{field.Name}"];
                return new Figure(
                    field.Name, (string)field.GetRawConstantValue()!, field.GetCustomAttribute<System.ComponentModel.CategoryAttribute>()?.Category ?? "",
                    Text(member.Element("summary")), Parts(Text(member.Element("remarks"))));
            }),
        ];
    }

    /// <summary>The remarks cut at their labels.</summary>
    private static Dictionary<string, string> Parts(string remarks)
        => Label().Matches(remarks).ToDictionary(m => m.Groups["label"].Value, m => m.Groups["text"].Value.Trim().TrimEnd('.'), StringComparer.Ordinal);

    private static string Text(XElement? element) => element is null ? "" : Space().Replace(element.Value, " ").Trim();

    [GeneratedRegex(@"<!-- figures: (?<category>[^>]+?) -->\n.*?<!-- end -->", RegexOptions.Singleline)]
    private static partial Regex Table();

    [GeneratedRegex(@"\b(?<label>Written|Of|Unit|Source|Normal|Otherwise): (?<text>.*?)(?=\b(?:Of|Unit|Source|Normal|Otherwise): |$)")]
    private static partial Regex Label();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    /// <summary>A name and what is said of it.</summary>
    internal sealed record Figure(string Constant, string Name, string Category, string Summary, IReadOnlyDictionary<string, string> Parts)
    {
        /// <summary>What is missing for a row, or nothing.</summary>
        public IEnumerable<string> Missing
            => Labels.Where(l => !Parts.ContainsKey(l) && (l != "Written" || Name.EndsWith('/'))).Concat(Summary.Length == 0 ? ["summary"] : []).Concat(Category.Length == 0 ? ["category"] : []);

        public string Row => $"| {Written} | {Summary} | {Parts["Unit"]} | {Parts["Of"]} | {Parts["Source"]} | {Parts["Normal"]} | {Parts["Otherwise"]} |";

        private string Written => Parts.TryGetValue("Written", out string? forms) ? string.Join(", ", forms.Split(", ").Select(f => $"`{f}`")) : $"`{Name}`";
    }
}
