using Mel.Rollouts;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Objectives;

/// <summary>Rows that are scored in one pass, and the part of them that each term uses.</summary>
public sealed class MicroBatch
{
    private readonly IReadOnlyList<ILossTerm> _terms;
    private readonly List<(int[] Indices, long[] Positions)> _ofTerm;

    internal MicroBatch(IReadOnlyList<ILossTerm> terms, IReadOnlyList<PlannedRow> rows)
    {
        _terms = terms;
        EntropyUse entropy = rows[0].Entropy;
        Tokens = new TokenBatch([.. rows.Select(r => r.Sequence)])
        {
            Temperature = rows[0].Temperature,
            IncludeEntropy = entropy != EntropyUse.None,
            EntropyGradient = entropy == EntropyUse.Train,
        };
        _ofTerm =
        [
            .. Enumerable.Range(0, terms.Count).Select(term =>
            {
                (int Index, long Position)[] used =
                [
                    .. rows.SelectMany((row, position) => row.Users.Where(u => u.Term == term).Select(u => (u.Index, (long)position))),
                ];
                return (used.Select(u => u.Index).ToArray(), used.Select(u => u.Position).ToArray());
            }),
        ];
    }

    /// <summary>The rows as a policy scores them.</summary>
    public TokenBatch Tokens { get; }

    /// <summary>Indices of the terms that have rows in this micro-batch.</summary>
    public IEnumerable<int> Terms => Enumerable.Range(0, _terms.Count).Where(t => _ofTerm[t].Indices.Length > 0);

    /// <summary>Computes the loss of one term over its rows in this micro-batch.</summary>
    /// <param name="term">Index of the term, one of <see cref="Terms"/>.</param>
    /// <param name="scores">Log-probabilities of <see cref="Tokens"/>, with a graph or as leaves.</param>
    /// <param name="mask">True on the tokens whose log-probabilities are at hand, [B, T]; null for all tokens of each row.</param>
    /// <returns>The loss and its figures, owned by the caller's dispose scope.</returns>
    /// <exception cref="ShapeMismatchException">The scores are not those of <see cref="Tokens"/>.</exception>
    public TermValue Evaluate(int term, TokenScores scores, Tensor? mask = null)
    {
        ArgumentNullException.ThrowIfNull(scores);
        (long rows, long columns) = (Tokens.Sequences.Count, Tokens.MaxResponseTokens);
        if (scores.LogProbs.dim() != 2 || scores.LogProbs.size(0) != rows || scores.LogProbs.size(1) != columns)
            throw new ShapeMismatchException(
                $"The log-probabilities have shape [{string.Join(", ", scores.LogProbs.shape)}], but the micro-batch is [{rows}, {columns}]: "
                + "a row per sequence, a column per token of the longest response.",
                nameof(scores));
        (int[] indices, long[] positions) = _ofTerm[term];
        mask ??= ResponseMask(scores.LogProbs);
        if (indices.Length == Tokens.Sequences.Count && IsInOrder(positions))
            return _terms[term].Evaluate(new ScoredRows(indices, scores.LogProbs, mask, scores.Entropy));
        using Tensor at = tensor(positions, device: scores.LogProbs.device);
        ScoredRows own = new(indices, scores.LogProbs.index_select(0, at), mask.index_select(0, at), scores.Entropy?.index_select(0, at));
        return _terms[term].Evaluate(own);
    }

    /// <summary>
    /// The sum of the scaled losses of all terms over this micro-batch, [], for a training loop of one's own: one backward pass of the sum is that of the
    /// micro-batch.
    /// </summary>
    /// <param name="scores">Log-probabilities of <see cref="Tokens"/> with their graph.</param>
    /// <exception cref="InvalidOperationException">A term is scaled relative to another term's gradient, which no sum of losses can express.</exception>
    public Tensor Loss(TokenScores scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        using var scope = NewDisposeScope();
        Tensor total = zeros([], device: scores.LogProbs.device);
        foreach (int term in Terms) total = total + (Evaluate(term, scores).Loss * _terms[term].Scaling.FixedWeight(_terms[term].Name));
        return total.MoveToOuterDisposeScope();
    }

    /// <summary>True on the response tokens of each row, [B, T].</summary>
    internal Tensor ResponseMask(Tensor logProbs)
    {
        long columns = logProbs.size(1);
        bool[] mask = new bool[Tokens.Sequences.Count * columns];
        for (int i = 0; i < Tokens.Sequences.Count; i++) mask.AsSpan(checked((int)(i * columns)), Tokens.Sequences[i].Response.Length).Fill(true);
        return tensor(mask).view(Tokens.Sequences.Count, columns).to(logProbs.device);
    }

    private static bool IsInOrder(long[] positions)
    {
        for (int i = 0; i < positions.Length; i++)
        {
            if (positions[i] != i) return false;
        }

        return true;
    }
}
