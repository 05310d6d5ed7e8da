using Mel.Verification;

namespace Mel.Evaluation;

/// <summary>How well a sampler does on a set of questions, as shares in [0, 1] of the questions that could be judged.</summary>
public sealed class EvaluationReport
{
    private readonly Question[] _greedy;
    private readonly Question[] _sampled;

    /// <summary>Makes a report of judged attempts, for instance of those that a file recorded.</summary>
    /// <param name="records">The attempts; those with <see cref="EvaluationRecord.Sample"/> 0 are the greedy ones.</param>
    /// <param name="samples">k; null takes the largest <see cref="EvaluationRecord.Sample"/>.</param>
    public EvaluationReport(IReadOnlyList<EvaluationRecord> records, int? samples = null)
    {
        ArgumentNullException.ThrowIfNull(records);
        Records = records;
        Samples = samples ?? records.Select(r => r.Sample).DefaultIfEmpty(0).Max();
        Unverifiable = records.Count(r => r.Verdict == Verdict.Unverifiable);
        _greedy = Judged(records.Where(r => r.Sample == 0));
        _sampled = Judged(records.Where(r => r.Sample > 0));
        Questions = _greedy.Length > 0 ? _greedy.Length : _sampled.Length;
        Greedy = Figure("Pass@1", _greedy, q => q.Correct > 0 ? 1 : 0);
        Average = Figure($"Avg@{Samples}", _sampled, q => (double)q.Correct / q.Attempts.Length);
        (double low, double high) = ConfidenceInterval.Student(Average.Values);
        AverageAtKInterval = double.IsNaN(low) ? (low, high) : (Math.Max(0, low), Math.Min(1, high));
        PassAtK = Samples == 0 ? double.NaN : PassAt(Samples).Mean;
        PassAtKInterval = Samples == 0 ? (double.NaN, double.NaN) : PassAt(Samples).Interval;
    }

    /// <summary>The attempts.</summary>
    public IReadOnlyList<EvaluationRecord> Records { get; }

    /// <summary>Number of questions that could be judged.</summary>
    public int Questions { get; }

    /// <summary>Number of attempts that could not be judged. They enter no share.</summary>
    public int Unverifiable { get; }

    /// <summary>k: the number of sampled attempts per question.</summary>
    public int Samples { get; }

    /// <summary>Pass@1 of every question: 1 where the greedy attempt is correct, 0 where it is not.</summary>
    public EvaluationFigure Greedy { get; }

    /// <summary>Avg@k of every question: the share of its sampled attempts that are correct.</summary>
    public EvaluationFigure Average { get; }

    /// <summary>Share of questions that are solved at temperature 0.</summary>
    public double PassAt1 => Greedy.Mean;

    /// <summary>Share of a question's k sampled attempts that are correct, averaged over questions; NaN where none were sampled.</summary>
    public double AverageAtK => Average.Mean;

    /// <summary>Share of questions with at least one correct attempt among k sampled ones; NaN where none were sampled.</summary>
    public double PassAtK { get; }

    /// <summary>95 % interval of <see cref="PassAt1"/> over questions (Clopper and Pearson, 1934).</summary>
    public (double Low, double High) PassAt1Interval => Greedy.Interval;

    /// <summary>
    /// 95 % interval of <see cref="AverageAtK"/> over questions by Student's t, cut to [0, 1]; <see cref="Average"/> has the one of the bootstrap.
    /// </summary>
    public (double Low, double High) AverageAtKInterval { get; }

    /// <summary>95 % interval of <see cref="PassAtK"/> over questions (Clopper and Pearson, 1934).</summary>
    public (double Low, double High) PassAtKInterval { get; }

    /// <summary>pass@k of every question, estimated from all of its sampled attempts; see <see cref="Evaluation.PassAtK"/>.</summary>
    /// <param name="k">
    /// From 1 to <see cref="Samples"/>. Of a question with fewer attempts that could be judged, all of them are taken.
    /// </param>
    public EvaluationFigure PassAt(int k)
    {
        RequireK(k);
        return Figure($"Pass@{k}", _sampled, q => Evaluation.PassAtK.Of(q.Attempts.Length, q.Correct, Math.Min(k, q.Attempts.Length)));
    }

    /// <summary>
    /// maj@k of every question: the chance that the most frequent answer among k attempts is correct; see <see cref="MajorityAtK"/>. Correct attempts have one
    /// answer, the reference. Wrong ones are grouped by the answers that the verifier found.
    /// </summary>
    /// <param name="k">
    /// From 1 to <see cref="Samples"/>. Of a question with fewer attempts that could be judged, all of them are taken.
    /// </param>
    /// <param name="areEqual">Whether two wrong answers are one; null compares their text.</param>
    /// <returns>NaN in every question where a correct attempt has no answer: the verifier extracts none, so nobody can count votes.</returns>
    public EvaluationFigure MajorityAt(int k, Func<string, string, bool>? areEqual = null)
    {
        RequireK(k);
        bool isKnown = _sampled.SelectMany(q => q.Attempts).All(a => a.Verdict != Verdict.Correct || a.Answer is not null);
        return Figure($"Maj@{k}", _sampled, q => isKnown ? Majority(q, Math.Min(k, q.Attempts.Length), areEqual ?? string.Equals) : double.NaN);
    }

    private static double Majority(Question question, int k, Func<string, string, bool> areEqual)
    {
        List<(string Answer, int Votes)> others = [];
        int abstentions = 0;
        foreach (EvaluationRecord attempt in question.Attempts.Where(a => a.Verdict != Verdict.Correct))
        {
            int same = attempt.Answer is { } answer ? others.FindIndex(o => areEqual(o.Answer, answer)) : -1;
            if (attempt.Answer is null) abstentions++;
            else if (same < 0) others.Add((attempt.Answer, 1));
            else others[same] = (others[same].Answer, others[same].Votes + 1);
        }

        return MajorityAtK.Of(question.Correct, [.. others.Select(o => o.Votes)], abstentions, k);
    }

    private static Question[] Judged(IEnumerable<EvaluationRecord> records) =>
    [
        .. from record in records
           where record.Verdict != Verdict.Unverifiable
           group record by record.Question into attempts
           select new Question(attempts.Key, [.. attempts], attempts.Count(a => a.Verdict == Verdict.Correct)),
    ];

    private static EvaluationFigure Figure(string name, Question[] questions, Func<Question, double> value)
        => new(name, [.. questions.Select(q => q.Id)], [.. questions.Select(value)]);

    private void RequireK(int k)
    {
        if (k < 1 || k > Samples)
            throw new ArgumentOutOfRangeException(
                nameof(k), k, $"There are {Samples} sampled attempts per question, so k is from 1 to {Samples}. Raise {nameof(EvaluationOptions)}."
                + $"{nameof(EvaluationOptions.Samples)} for a larger one.");
    }

    private sealed record Question(string Id, EvaluationRecord[] Attempts, int Correct);
}
