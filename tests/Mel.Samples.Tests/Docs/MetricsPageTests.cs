namespace Mel.Samples.Tests.Docs;

/// <summary>docs/metrics.md says of every figure what the code says of it.</summary>
[TestFixture]
public sealed class MetricsPageTests
{
    [Test]
    public void Names_SayAllThatARowNeeds()
        => MetricsPage.Figures.SelectMany(f => f.Missing.Select(m => $"{f.Constant}: {m}")).Should().BeEmpty("a name has a summary, a category, and remarks with all labels");

    [Test]
    public void Page_HasAPlaceForEveryCategory()
        => MetricsPage.Categories(Documents.Read("docs", "metrics.md")).Should().BeEquivalentTo(MetricsPage.Figures.Select(f => f.Category).Distinct());

    [Test]
    public void Page_IsWhatTheCodeSays()
    {
        string page = Documents.Read("docs", "metrics.md");

        page.Should().Be(MetricsPage.Renewed(page), "the tables are made of MetricNames: dotnet test tests/Mel.Samples.Tests --filter Name~Page_Renew makes them anew");
    }

    [Test]
    public void Row_HoldsTextAndNoSource()
    {
        MetricsPage.Figures[0].Row.Should().StartWith("| `reward` | Mean reward of the judged trajectories. |");
        foreach (MetricsPage.Figure figure in MetricsPage.Figures) figure.Row.Should().NotContainAny("<summary>", "///", "public ").And.Match("| `* |");
        MetricsPage.Figures.Single(f => f.Name == "rewards/").Row.Should().StartWith("| `rewards/<name>/mean`, `rewards/<name>/std` |");
    }

    [Test, Explicit("Writes docs/metrics.md.")]
    public void Page_Renew()
    {
        string page = Documents.Read("docs", "metrics.md");
        File.WriteAllText(Path.Combine(Documents.Repository, "docs", "metrics.md"), MetricsPage.Renewed(page));
    }
}
