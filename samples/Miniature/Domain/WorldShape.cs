using System.Text.Json.Serialization;

namespace Mel.Samples.Miniature;

/// <summary>How large and how hard a world is. The default is the world of the committed model.</summary>
public sealed record WorldShape
{
    /// <summary>Largest number of operator names that there are words for.</summary>
    public const int MaxNames = 288;

    /// <summary>The world of the committed model.</summary>
    public static WorldShape Standard { get; } = new();

    /// <summary>Number of operators. With more of them a run of the same length meets each fact less often.</summary>
    /// <value>The default is 96.</value>
    public int Operators { get; init; } = World.Operators;

    /// <summary>
    /// Names of every operator: names that lie <see cref="Operators"/> apart mean the same. Questions use any of them, and the heuristic of a lesson may use
    /// another name than the solutions do.
    /// </summary>
    /// <value>The default is 1.</value>
    public int NamesPerOperator { get; init; } = 1;

    /// <summary>Number of operators in a question.</summary>
    /// <value>The default is 3.</value>
    public int QuestionLength { get; init; } = Question.StandardLength;

    /// <summary>Lowest share of the truth in what the corpus believes of an operator that is not clean.</summary>
    /// <value>The default is 0.2.</value>
    public double LeastTruth { get; init; } = 0.2;

    /// <summary>Highest share of the truth in what the corpus believes of an operator that is not clean.</summary>
    /// <value>The default is 0.5.</value>
    public double MostTruth { get; init; } = 0.5;

    /// <summary>Number of words for operators.</summary>
    [JsonIgnore]
    public int Names => Operators * NamesPerOperator;

    /// <summary>Number of words that a model of this world knows.</summary>
    [JsonIgnore]
    public int VocabularySize => Vocabulary.WordsBeforeOperators + Names;

    /// <summary>Number of tokens of a solution, the end token included: the limit for rollouts.</summary>
    [JsonIgnore]
    public int SolutionTokens => Chain.WordCount(QuestionLength) + 1;

    /// <summary>The fact under the first name of its operator.</summary>
    public Fact Canonical(Fact fact) => new(fact.Operator % Operators, fact.IsOdd);
}
