using System.Reflection;
using Mel.Diagnostics;
using Mel.Training;
using Microsoft.Extensions.DependencyInjection;

namespace Mel.Samples.Tests.Docs;

/// <summary>What the documents say is what the code does.</summary>
[TestFixture, NonParallelizable]
public sealed class ReadmeTests
{
    [Test]
    public void Readme_Composition_IsTheCodeThatThisTestCompiles()
    {
        string code = Documents.Section("ReadmeComposition.cs", "readme");

        Documents.Read("README.md").Should().Contain(code);
        code.Split('\n').Count(l => l.Trim().Length > 0).Should().BeLessThanOrEqualTo(22);
    }

    [Test]
    public async Task Readme_Composition_Runs()
    {
        using CancellationTokenSource stop = new();
        IReadOnlyList<Prompts.Prompt> questions = QuestionSets.Training(MiniatureModel.LoadWorld(), 64, seed: 3);
        int steps = 0;

        Func<Task> run = () => ReadmeComposition.RunAsync(questions, new StopAfter(2, stop, () => steps++), stop.Token);

        await run.Should().ThrowAsync<OperationCanceledException>();
        steps.Should().Be(2);
    }

    [Test]
    public void Readme_Host_GivesATrainer()
    {
        ServiceCollection services = new();
        ReadmeComposition.Host(services);
        using ServiceProvider provider = services.BuildServiceProvider();

        provider.GetRequiredService<Trainer>().Should().NotBeNull();
    }

    [Test]
    public void MetricsPage_ExplainsEveryMetricName()
    {
        string page = Documents.Read("docs", "metrics.md");
        foreach (FieldInfo name in typeof(MetricNames).GetFields(BindingFlags.Public | BindingFlags.Static))
            page.Should().Contain($"`{name.GetRawConstantValue()}", "docs/metrics.md has a row for MetricNames.{0}", name.Name);
    }

    [TestCaseSource(typeof(Documents), nameof(Documents.Pages))]
    public void Page_LinksAndPictures_Exist(string page)
    {
        string path = Path.Combine(Documents.Repository, page);
        foreach (System.Text.RegularExpressions.Match link in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(path), @"\]\((?!https?:|#)([^)#]+)"))
            Path.Exists(Path.Combine(Path.GetDirectoryName(path)!, link.Groups[1].Value)).Should().BeTrue("{0} links to {1}", page, link.Groups[1].Value);
    }

    private sealed class StopAfter(int steps, CancellationTokenSource stop, Action count) : IProgress<StepReport>
    {
        public void Report(StepReport value)
        {
            count();
            if (value.Step == steps) stop.Cancel();
        }
    }
}
