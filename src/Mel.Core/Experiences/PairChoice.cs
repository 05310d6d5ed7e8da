using Mel.Rewards;
using Mel.Runtime;
using Mel.Verification;

namespace Mel.Experiences;

/// <summary>Chooses the pairs of a group that are compared: <see cref="PairSelection"/>.</summary>
internal static class PairChoice
{
    /// <summary>The pairs of a group; none where it lacks a right or a wrong attempt.</summary>
    public static IEnumerable<ContrastivePair> Of(int index, RolloutGroup group, ExperienceOptions options, ulong seed)
    {
        SplitMix64 random = new(seed);
        int[] correct = Shuffled(Indices(group, Verdict.Correct), ref random), incorrect = Shuffled(Indices(group, Verdict.Incorrect), ref random);
        if (correct.Length == 0 || incorrect.Length == 0) return [];
        IEnumerable<(int Plus, int Minus)> order = options.PairSelection switch
        {
            PairSelection.Random => Shuffled([.. Grid(correct, incorrect)], ref random),
            PairSelection.Shortest => Grid(correct, incorrect)
                .OrderBy(p => group.Trajectories[p.Plus].TokenIds.Length + group.Trajectories[p.Minus].TokenIds.Length),
            PairSelection.LongestSharedPrefix => new PrefixPairs(group, correct).Of(incorrect),
            _ => Diagonals(correct, incorrect),
        };
        return order.Take(options.PairsPerPrompt).Select(p => new ContrastivePair(index, group, p.Plus, p.Minus));
    }

    private static IEnumerable<(int Plus, int Minus)> Grid(int[] correct, int[] incorrect) => from plus in correct from minus in incorrect select (plus, minus);

    /// <summary>All pairs in an order in which every attempt of the longer side appears once before any appears twice.</summary>
    private static IEnumerable<(int Plus, int Minus)> Diagonals(int[] correct, int[] incorrect)
    {
        for (int shift = 0; shift < Math.Min(correct.Length, incorrect.Length); shift++)
        {
            for (int k = 0; k < Math.Max(correct.Length, incorrect.Length); k++)
            {
                yield return correct.Length >= incorrect.Length
                    ? (correct[k], incorrect[(k + shift) % incorrect.Length])
                    : (correct[(k + shift) % correct.Length], incorrect[k]);
            }
        }
    }

    private static int[] Indices(RolloutGroup group, Verdict verdict)
        => [.. Enumerable.Range(0, group.Verdicts.Count).Where(i => group.Verdicts[i] == verdict)];

    private static T[] Shuffled<T>(T[] items, ref SplitMix64 random)
    {
        random.Shuffle(items.AsSpan());
        return items;
    }
}
