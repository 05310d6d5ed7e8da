namespace Mel.Samples.Miniature;

/// <summary>What a model of the world can do. Shares are in [0, 1]; a share of nothing is NaN.</summary>
public sealed record EvaluationReport
{
    /// <summary>Share of held-out questions answered correctly at T = 0.</summary>
    public required double GreedyPass1 { get; init; }

    /// <summary>Share of correct answers at T = 0.6.</summary>
    public required double Avg8 { get; init; }

    /// <summary>Share of questions with a correct answer among those sampled at T = 0.6.</summary>
    public required double Pass8 { get; init; }

    /// <summary>Share of correct answers to training questions at T = 1: the reward that training starts from.</summary>
    public required double TrainingReward { get; init; }

    /// <summary>Number of pairs of a correct and an incorrect solution that were analysed.</summary>
    public required int Pairs { get; init; }

    /// <summary>Share of the written lessons that are well-formed.</summary>
    public required double WellFormed { get; init; }

    /// <summary>Share of the written lessons that equal the lesson of a perfect reader.</summary>
    public required double ExactLessons { get; init; }

    /// <summary>Share of the well-formed lessons whose heuristic is a fact of the world.</summary>
    public required double TrueHeuristics { get; init; }

    /// <summary>Share of the well-formed lessons whose replay is correct.</summary>
    public required double Retention { get; init; }

    /// <summary>Share of correct replays where the heuristic is true.</summary>
    public required double ReplayWithTrueHeuristic { get; init; }

    /// <summary>Share of correct replays where the heuristic is false.</summary>
    public required double ReplayWithFalseHeuristic { get; init; }

    /// <summary>Share of true heuristics among the lessons that a correct replay retains.</summary>
    public required double TrueAmongRetained { get; init; }

    /// <summary>Share of the facts about operators with misconceptions that the model states truly when asked at T = 0.</summary>
    public required double RecallOfConfusedFacts { get; init; }

    /// <summary>Share of the facts about the other operators that the model states truly when asked at T = 0.</summary>
    public required double RecallOfCleanFacts { get; init; }
}
