using Mel.Evaluation;
using Mel.Prompts;
using Mel.Testing;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/evaluation.md runs.</summary>
[TestFixture, NonParallelizable]
public sealed class EvaluationPageTests
{
    [Test]
    public async Task Page_EvaluatesAndCompares()
    {
        using TemporaryFolder folder = new();
        string current = Environment.CurrentDirectory;
        Environment.CurrentDirectory = folder.Path;
        try
        {
            Prompt[] questions = [.. Enumerable.Range(0, 4).Select(i => new Prompt($"{i}", $"{i}", $"{i}"))];
            foreach ((string name, string answer) in ((string, string)[])[("grpo", "0"), ("mel", "1")])
                await new Evaluator(Always(answer), new Verification.BoxedAnswerVerifier()).EvaluateAsync(questions, new() { RecordsFile = $"runs/evaluate/{name}/amc23.jsonl" });

            (await EvaluationPage.EvaluateAsync(Always("2"), questions)).Should().OnlyContain(figure => Math.Abs(figure - 0.25) < 1e-12);
            FluentActions.Invoking(EvaluationPage.Compare).Should().NotThrow();
        }
        finally
        {
            Environment.CurrentDirectory = current;
        }
    }

    private static ScriptedSampler Always(string answer) => new ScriptedSampler((_, _) => $"\\boxed{{{answer}}}");
}
