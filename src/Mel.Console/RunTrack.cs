using Mel.Experiences;
using Mel.Training;

namespace Mel.Terminal;

/// <summary>What a board remembers of a run: the last step, the curves so far, and the last meta-experience.</summary>
/// <param name="name">What the run is called.</param>
/// <param name="window">How many steps the remaining time is estimated from.</param>
internal sealed class RunTrack(string name, int window)
{
    private const string EvaluationPrefix = "eval/";

    private readonly RemainingTime _remaining = new(window);
    private readonly List<double> _accuracy = [];
    private readonly List<double> _evaluation = [];

    public string Name { get; } = name;

    public StepFigures? Latest { get; private set; }

    /// <summary>The name of the first figure of evaluation the run reported, or empty.</summary>
    public string EvaluationName { get; private set; } = "";

    public IReadOnlyList<double> Accuracy => _accuracy;

    public IReadOnlyList<double> Evaluation => _evaluation;

    /// <summary>The heuristic that was retained last, or empty.</summary>
    public string Heuristic { get; private set; } = "";

    public void Add(StepReport report)
    {
        Latest = new StepFigures(report, _remaining.After(report));
        _accuracy.Add(double.IsFinite(report.Accuracy) ? report.Accuracy : report.Reward);
        if (EvaluationName.Length == 0)
            EvaluationName = report.Metrics.Keys.Where(key => key.StartsWith(EvaluationPrefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
                .FirstOrDefault("");
        if (EvaluationName.Length > 0 && report.Metrics.TryGetValue(EvaluationName, out double score)) _evaluation.Add(score);
        if (report.Experiences.Retained is [.., MetaExperience last]) Heuristic = TerminalText.OneLine(last.Heuristic);
    }

    /// <summary>A copy that later steps do not change, for drawing.</summary>
    public RunSnapshot Snapshot() => new(Name, Latest, [.. _accuracy], EvaluationName, [.. _evaluation], Heuristic);
}

/// <summary>A run as it is at one moment.</summary>
internal sealed record RunSnapshot(
    string Name, StepFigures? Latest, IReadOnlyList<double> Accuracy, string EvaluationName, IReadOnlyList<double> Evaluation, string Heuristic);
