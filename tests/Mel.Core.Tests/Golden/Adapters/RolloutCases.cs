using Mel.Advantages;
using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Testing;
using Mel.Verification;

namespace Mel.Core.Tests.Golden.Adapters;

/// <summary>Rollout groups made from the flat rows of a golden case, and the way back.</summary>
public sealed class RolloutCases
{
    private readonly int[][] _rows;

    public RolloutCases(IReadOnlyList<Judgement> judgements, IReadOnlyList<int> group, IReadOnlyList<int> lengths)
    {
        _rows = [.. Enumerable.Range(0, judgements.Count).GroupBy(i => group[i]).Select(g => g.ToArray())];
        Groups = [.. _rows.Select(rows => new RolloutGroup(
            new Prompt($"{group[rows[0]]}", "", ""), new[] { 1 },
            [.. rows.Select(i => new Trajectory(new int[lengths[i]], new float[lengths[i]], $"{i}", FinishReason.Stop))],
            [.. rows.Select(i => judgements[i])]))];
    }

    public RolloutCases(IReadOnlyList<double> rewards, IReadOnlyList<int> group, IReadOnlyList<int> lengths)
        : this([.. rewards.Select(r => (Judgement)(r == 1 ? Verdict.Correct : double.IsNaN(r) ? Verdict.Unverifiable : Verdict.Incorrect))], group, lengths)
        => Groups = [.. Groups.Select((g, i) => g with { Rewards = [.. _rows[i].Select(row => rewards[row])] })];

    public IReadOnlyList<RolloutGroup> Groups { get; }

    /// <summary>Row of the golden case of a trajectory.</summary>
    public static int Row(RolloutGroup group, int trajectory) => int.Parse(group.Trajectories[trajectory].Text, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>One advantage per row of the case, in its order.</summary>
    public Advantage[] Estimate(IAdvantageEstimator estimator)
    {
        var flat = new Advantage[_rows.Sum(r => r.Length)];
        IReadOnlyList<IReadOnlyList<Advantage>> grouped = estimator.Estimate(Groups);
        for (int g = 0; g < _rows.Length; g++)
            for (int i = 0; i < _rows[g].Length; i++) flat[_rows[g][i]] = grouped[g][i];
        return flat;
    }

    /// <summary>Spreads advantages over the positions of a mask, 0 elsewhere; the k-th token of a trajectory is the k-th position the mask selects.</summary>
    public static IEnumerable<double> Spread(IReadOnlyList<Advantage> advantages, GoldenTensor mask)
    {
        for (int row = 0; row < mask.Rows; row++)
        {
            int token = 0;
            foreach (bool counts in mask.MaskRow(row)) yield return counts && advantages[row].Trains ? advantages[row][token++] : 0;
        }
    }

    public static int[] Lengths(GoldenTensor mask) => [.. Enumerable.Range(0, mask.Rows).Select(r => mask.MaskRow(r).Count(m => m))];
}
