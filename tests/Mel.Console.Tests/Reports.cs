using Mel.Diagnostics;
using Mel.Experiences;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Training;
using Mel.Verification;

namespace Mel.Terminal.Tests;

/// <summary>Step reports and experiences to show.</summary>
internal static class Reports
{
    public static StepReport Step(
        int step, int steps = 10, double reward = 0.5, int retained = 5, int candidates = 12, double throughput = 38_211.4, bool signal = true,
        double seconds = 30, (string Name, double Value)? extra = null) => new()
    {
        Step = step,
        Steps = steps,
        Metrics = new Dictionary<string, double>
        {
            [MetricNames.Reward] = reward, [MetricNames.Accuracy] = reward, [MetricNames.Throughput] = throughput, [MetricNames.Entropy] = 0.83,
            [MetricNames.MeanLength] = 21.5, [MetricNames.ClipRatioLow] = 0.005, [MetricNames.ClipRatioHigh] = 0.01, [MetricNames.FractionZeroStd] = 0.25,
            [extra?.Name ?? "own"] = extra?.Value ?? 0,
        },
        Timing = new StepTiming(TimeSpan.FromSeconds(seconds * 0.5), TimeSpan.FromSeconds(seconds * 0.1), default, default,
            TimeSpan.FromSeconds(seconds * 0.4), TimeSpan.FromSeconds(seconds)),
        Terms = [],
        HasSignal = signal,
        Groups = [],
        Experiences = new ExtractionResult { Candidates = candidates, WellFormed = candidates, Retained = [.. Enumerable.Repeat(Experience("s", "c", "h"), retained)] },
        SampledTokens = 1000,
    };

    public static MetaExperience Experience(string bifurcation, string critique, string heuristic)
    {
        Trajectory Said(string text) => new(new[] { 1 }, new[] { 0f }, text, FinishReason.Stop);
        var group = new RolloutGroup(new Prompt("1", "What is [red]2+2[/]?", "4"), new[] { 1 }, [Said("4"), Said("5")], [Verdict.Correct, Verdict.Incorrect]);
        var sections = new ExperienceSections(new TextSpan(0, bifurcation.Length), new TextSpan(bifurcation.Length, critique.Length), new TextSpan(bifurcation.Length + critique.Length, heuristic.Length));
        return new MetaExperience(new ContrastivePair(0, group, 0, 1), new[] { 1 }, Said(bifurcation + critique + heuristic), sections, new[] { 1 });
    }
}
