namespace Mel.Evaluation;

/// <summary>A figure of an evaluation: the mean of one value per question.</summary>
public sealed class EvaluationFigure
{
    /// <summary>Creates a figure.</summary>
    /// <param name="name">Its name, for instance <c>Pass@1</c>.</param>
    /// <param name="questions">Ids of the questions, each once.</param>
    /// <param name="values">The value of each.</param>
    /// <exception cref="ArgumentException">The lists differ in length.</exception>
    public EvaluationFigure(string name, IReadOnlyList<string> questions, IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(questions);
        ArgumentNullException.ThrowIfNull(values);
        if (questions.Count != values.Count)
            throw new ArgumentException($"There are {questions.Count} questions and {values.Count} values; give one value per question.", nameof(values));
        (Name, Questions, Values) = (name, questions, values);
        Mean = values.Count == 0 ? double.NaN : values.Average();
    }

    /// <summary>Name of the figure.</summary>
    public string Name { get; }

    /// <summary>Ids of the questions that could be judged.</summary>
    public IReadOnlyList<string> Questions { get; }

    /// <summary>The value of each question.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The mean of the values; NaN where there is none.</summary>
    public double Mean { get; }

    /// <summary>
    /// 95 % interval of the mean over questions: <see cref="ConfidenceInterval.ClopperPearson"/> where every value is 0 or 1, otherwise
    /// <see cref="Bootstrap.Percentile"/> with seed 0.
    /// </summary>
    public (double Low, double High) Interval
        => Values.All(v => v is 0 or 1) ? ConfidenceInterval.ClopperPearson(Values.Count(v => v == 1), Values.Count) : Bootstrap.Percentile(Values);
}
