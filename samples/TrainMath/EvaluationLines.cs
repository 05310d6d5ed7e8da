using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>Says what every evaluation found, that before the first step included.</summary>
internal sealed class EvaluationLines(Action<string> say) : IRunService
{
    private const string Evaluation = "eval/", Start = Evaluation + "start/";

    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        Say("Before the first step", Start, report);
        Say($"After step {report.Step}", Evaluation, report);
        return ValueTask.CompletedTask;
    }

    private void Say(string moment, string prefix, StepReport report)
    {
        string name = prefix + MetricNames.EvaluationPassAt1[Evaluation.Length..];
        if (!report.Metrics.TryGetValue(name, out double greedy)) return;
        IEnumerable<string> others = report.Metrics.Where(m => m.Key != name && m.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(m => (Name: m.Key[prefix.Length..], m.Value))
            .Where(m => m.Name.StartsWith("avg_at_", StringComparison.Ordinal) || m.Name.StartsWith("pass_at_", StringComparison.Ordinal))
            .Select(m => $", {m.Name} {100 * m.Value:F1} %");
        say($"{moment}: pass_at_1 {100 * greedy:F1} %{string.Concat(others)}");
    }
}
