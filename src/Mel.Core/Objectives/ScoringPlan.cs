using Mel.Rollouts;

namespace Mel.Objectives;

/// <summary>The rows of all terms of an optimizer batch, each row once, and their micro-batches.</summary>
public sealed class ScoringPlan
{
    private readonly List<PlannedRow> _rows = [];

    /// <summary>Unites the rows of all terms.</summary>
    /// <param name="terms">The terms of an objective for one optimizer batch.</param>
    public ScoringPlan(IReadOnlyList<ILossTerm> terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Terms = terms;
        Dictionary<(TokenSequence, double), PlannedRow> known = [];
        for (int t = 0; t < terms.Count; t++)
        {
            IReadOnlyList<ScoringRow> rows = terms[t].Rows;
            for (int i = 0; i < rows.Count; i++)
            {
                ScoringRow row = rows[i];
                if (!known.TryGetValue((row.Sequence, row.Temperature), out PlannedRow? planned))
                {
                    planned = new PlannedRow(row.Sequence, row.Temperature);
                    known.Add((row.Sequence, row.Temperature), planned);
                    _rows.Add(planned);
                }

                planned.Entropy = (EntropyUse)Math.Max((int)planned.Entropy, (int)row.Entropy);
                planned.Users.Add((t, i));
            }
        }
    }

    /// <summary>The terms, in the order given.</summary>
    public IReadOnlyList<ILossTerm> Terms { get; }

    /// <summary>Number of rows to score.</summary>
    public int Rows => _rows.Count;

    /// <summary>
    /// Cuts the rows into micro-batches of at most a number of tokens, padding included. A micro-batch holds rows of the same temperature and the same use of
    /// the entropy, sorted by length so that little padding is computed. Rows of a term whose gradient is compared with that of the first have micro-batches
    /// of their own. A row longer than the limit is a micro-batch of its own.
    /// </summary>
    /// <param name="maxTokens">Limit of rows x longest row, in tokens, at least 1.</param>
    public IReadOnlyList<MicroBatch> MicroBatches(int maxTokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        return
        [
            .. _rows.GroupBy(r => (r.Temperature, r.Entropy, OwnTerm(r))).SelectMany(alike => Bins(alike, maxTokens)).Select(bin => new MicroBatch(Terms, bin)),
        ];
    }

    /// <summary>
    /// The term whose gradient is kept apart and that alone uses a row; -1 otherwise. Such rows are not scored together with others: each would be scored once
    /// for the one gradient and once for the other.
    /// </summary>
    private int OwnTerm(PlannedRow row)
    {
        int term = row.Users[0].Term;
        return Terms[term].Scaling.Kind == TermScalingKind.GradientNormRatio && row.Users.TrueForAll(u => u.Term == term) ? term : -1;
    }

    private static IEnumerable<List<PlannedRow>> Bins(IEnumerable<PlannedRow> rows, int maxTokens)
    {
        List<PlannedRow> bin = [];
        foreach (PlannedRow row in rows.OrderByDescending(r => r.Tokens))
        {
            if (bin.Count > 0 && (bin.Count + 1L) * bin[0].Tokens > maxTokens)
            {
                yield return bin;
                bin = [];
            }

            bin.Add(row);
        }

        if (bin.Count > 0) yield return bin;
    }
}

/// <summary>A row of the plan, and the terms that use the row, each with the index of the row in <see cref="ILossTerm.Rows"/>.</summary>
internal sealed class PlannedRow(TokenSequence sequence, double temperature)
{
    public TokenSequence Sequence { get; } = sequence;

    public double Temperature { get; } = temperature;

    public EntropyUse Entropy { get; set; }

    public List<(int Term, int Index)> Users { get; } = [];

    public int Tokens => Sequence.Context.Length + Sequence.Response.Length;
}
