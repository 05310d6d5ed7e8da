using Mel.Rewards;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>Shows some responses of every k-th step: the question, what the model wrote, the verdict.</summary>
internal sealed class SampleLines(int everySteps, Action<string> say) : IRunService
{
    private const int Shown = 3, MostCharacters = 400;

    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        if (report.Step % everySteps != 0) return ValueTask.CompletedTask;
        foreach (RolloutGroup group in report.Groups.Concat(report.EvictedGroups).Take(Shown))
        {
            string verdict = group.Judgements[0].Verdict.ToString().ToLowerInvariant();
            string reason = group.Judgements[0].Reason is { } given ? $" ({Brief(given)})" : string.Empty;
            say($"Step {report.Step}, {Brief(group.Prompt.Id)}\n  question  {Brief(group.Prompt.Text)}\n  response  {Brief(group.Trajectories[0].Text)}\n"
                + $"  verdict   {verdict}{reason}, expected {Brief(group.Prompt.Answer)}");
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A text on one line; of a long one begin and end, where the answer stands.</summary>
    private static string Brief(string text)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= MostCharacters ? line : $"{line[..(MostCharacters / 2)]} ... {line[^(MostCharacters / 2)..]}";
    }
}
