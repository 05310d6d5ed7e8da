using System.Text.Json.Serialization;

namespace Mel.Samples.Miniature;

/// <summary>What a model of the world can do. Shares are in [0, 1]; a share of nothing is NaN.</summary>
public sealed record ExaminationReport
{
    /// <summary>Share of held-out questions answered correctly at T = 0.</summary>
    public required double PassAt1 { get; init; }

    /// <summary>Share of correct answers to held-out questions at T = 0.6.</summary>
    public required double AverageAtK { get; init; }

    /// <summary>Share of held-out questions with a correct answer among those sampled at T = 0.6.</summary>
    public required double PassAtK { get; init; }

    /// <summary>Share of correct answers to training questions at T = 1: the reward that training starts from.</summary>
    public required double TrainingReward { get; init; }

    /// <summary>Number of pairs of a correct and an incorrect solution that were analyzed.</summary>
    public required int Pairs { get; init; }

    /// <summary>Share of the written lessons that are well-formed.</summary>
    public required double WellFormed { get; init; }

    /// <summary>Share of the written lessons that equal the lesson of a perfect reader.</summary>
    public required double ExactLessons { get; init; }

    /// <summary>Share of the well-formed lessons whose heuristic is a fact of the world.</summary>
    public required double TrueHeuristics { get; init; }

    /// <summary>Share of the written lessons whose replay is correct, so that the loop retains them.</summary>
    public required double Retention { get; init; }

    /// <summary>Share of true heuristics among the retained lessons.</summary>
    public required double TrueAmongRetained { get; init; }

    /// <summary>Share of correct replays where the heuristic is true.</summary>
    public required double ReplayGivenTrue { get; init; }

    /// <summary>Share of correct replays where the heuristic is false.</summary>
    public required double ReplayGivenFalse { get; init; }

    /// <summary>Share of the facts about clean operators that the model states truly when asked at T = 0.</summary>
    public required double RecallOfCleanFacts { get; init; }

    /// <summary>Share of the facts about the other operators that the model states truly when asked at T = 0.</summary>
    public required double RecallOfConfusedFacts { get; init; }

    /// <summary>The figures with their names, in the order in which they are told.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Name, double Value)> Rows =>
    [
        ("Pass@1, T = 0, held out", PassAt1), ("Avg@k, T = 0.6, held out", AverageAtK), ("Pass@k, T = 0.6, held out", PassAtK),
        ("reward, T = 1, training", TrainingReward),
        ("pairs analyzed", Pairs), ("lessons well-formed", WellFormed), ("lessons exact", ExactLessons), ("heuristics true", TrueHeuristics),
        ("lessons retained", Retention), ("heuristics true, retained", TrueAmongRetained),
        ("replay correct, heuristic true", ReplayGivenTrue), ("replay correct, heuristic false", ReplayGivenFalse),
        ("facts recalled, clean", RecallOfCleanFacts), ("facts recalled, confused", RecallOfConfusedFacts),
    ];
}
