using Mel.Rewards;

namespace Mel.Experiences;

/// <summary>
/// Finds for a wrong attempt the right one that shares its longest beginning. The right attempts make a tree of tokens, and each wrong one walks down it as far
/// as it goes, so every token is looked at once.
/// </summary>
internal sealed class PrefixPairs
{
    private readonly RolloutGroup _group;
    private readonly Dictionary<(int Node, int Token), int> _next = [];
    private readonly List<int> _first = [];     // the right attempt that made a node, which shares everything up to it

    /// <param name="group">The group of the attempts.</param>
    /// <param name="correct">Indices of the right attempts; of several that share as much, the first is taken.</param>
    public PrefixPairs(RolloutGroup group, IReadOnlyList<int> correct)
    {
        _group = group;
        _first.Add(correct[0]);
        foreach (int index in correct)
        {
            int node = 0;
            foreach (int token in group.Trajectories[index].TokenIds.Span)
            {
                if (!_next.TryGetValue((node, token), out int next))
                {
                    next = _first.Count;
                    _next.Add((node, token), next);
                    _first.Add(index);
                }

                node = next;
            }
        }
    }

    /// <summary>A pair for each wrong attempt, in their order; those whose place and wrong token are new come first.</summary>
    public IEnumerable<(int Plus, int Minus)> Of(IReadOnlyList<int> incorrect)
    {
        HashSet<(int Position, int Token)> seen = [];
        List<(int Plus, int Minus)> known = [], first = [];
        foreach (int minus in incorrect)
        {
            ReadOnlySpan<int> tokens = _group.Trajectories[minus].TokenIds.Span;
            int node = 0, position = 0;
            while (position < tokens.Length && _next.TryGetValue((node, tokens[position]), out int next)) (node, position) = (next, position + 1);
            (seen.Add((position, position < tokens.Length ? tokens[position] : -1)) ? first : known).Add((_first[node], minus));
        }

        return [.. first, .. known];
    }
}
