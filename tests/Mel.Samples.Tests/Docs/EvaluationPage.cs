using Mel.Evaluation;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verifiers;
using Mel.Verifiers.Rules;

namespace Mel.Samples.Tests.Docs;

/// <summary>The code of docs/evaluation.md.</summary>
internal static class EvaluationPage
{
    public static async Task<IReadOnlyList<double>> EvaluateAsync(ISampler sampler, IReadOnlyList<Prompt> questions)
    {
        // <evaluate>
        Evaluator evaluator = new(sampler, new MathVerifier(ExtractionOptions.Evaluation));
        EvaluationReport report = await evaluator.EvaluateAsync(questions, new EvaluationOptions { RecordsFile = "runs/evaluate/my-model/aime24.jsonl" });

        double passAt1 = report.PassAt1, averageAt8 = report.AverageAtK, passAt8 = report.PassAtK;     // Table 1
        EvaluationFigure passAt4 = report.PassAt(4), majority = report.MajorityAt(8);                  // a value per question, their mean, its interval
        // </evaluate>
        return [passAt1, averageAt8, passAt8, passAt4.Mean, majority.Mean];
    }

    public static void Compare()
    {
        // <compareRecords>
        EvaluationReport before = new(EvaluationRecords.Load("runs/evaluate/grpo/amc23.jsonl").Records);
        EvaluationReport after = new(EvaluationRecords.Load("runs/evaluate/mel/amc23.jsonl").Records);
        PairedComparison comparison = PairedComparison.Of(before.Average, after.Average);
        Console.WriteLine($"{comparison.Difference:+0.0 %;-0.0 %} [{comparison.Interval.Low:0.0 %}, {comparison.Interval.High:0.0 %}], p = {comparison.Test.TwoSided:0.000}");
        // </compareRecords>
    }
}
