using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>A set of real numbers as disjoint segments in ascending order. A single point is a closed segment of length zero.</summary>
internal sealed class RealSet
{
    private readonly List<Segment> _segments;

    private readonly record struct Segment(Node Low, bool LowClosed, Node High, bool HighClosed);

    private RealSet(List<Segment> segments) => _segments = segments;

    /// <summary>The set an expression describes, or null where it is none or its ends cannot be ordered.</summary>
    public static RealSet? From(Node node, ScalarComparer scalars)
    {
        switch (node.Kind)
        {
            case NodeKind.EmptySet: return new RealSet([]);
            case NodeKind.NamedSet when node.Name == "R": return Whole();
            case NodeKind.NamedSet when node.Name is "R^+" or "R_+" or "R^{+}": return Interval(Nodes.Zero, false, Nodes.Infinity, false, scalars);
            case NodeKind.Open or NodeKind.Tuple when node.Items.Length == 2 && node.Name.Length == 0:
                return Interval(node.Items[0], false, node.Items[1], false, scalars);
            case NodeKind.Closed when node.Items.Length == 2: return Interval(node.Items[0], true, node.Items[1], true, scalars);
            case NodeKind.LeftOpen: return Interval(node.Items[0], false, node.Items[1], true, scalars);
            case NodeKind.RightOpen: return Interval(node.Items[0], true, node.Items[1], false, scalars);
            case NodeKind.Set: return Points(node.Items, scalars);
            case NodeKind.Union: return Fold(node, scalars, static (a, b, s) => a.Union(b, s));
            case NodeKind.Intersection: return Fold(node, scalars, static (a, b, s) => a.Intersection(b, s));
            case NodeKind.Difference: return Fold(node, scalars, static (a, b, s) => a.Intersection(b.Complement(), s));
            default: return null;
        }
    }

    public static RealSet Whole() => new([new Segment(Nodes.Negate(Nodes.Infinity), false, Nodes.Infinity, false)]);

    public static RealSet? Interval(Node low, bool lowClosed, Node high, bool highClosed, ScalarComparer scalars)
    {
        if (low.Has(Traits.Structure) || high.Has(Traits.Structure) || scalars.Order(low, high) is not { } order) return null;
        lowClosed &= ScalarComparer.Infinity(low) is null;
        highClosed &= ScalarComparer.Infinity(high) is null;
        if (order > 0 || order == 0 && !(lowClosed && highClosed)) return null;
        return new RealSet([new Segment(low, lowClosed, high, highClosed)]);
    }

    public static RealSet? Points(IReadOnlyList<Node> points, ScalarComparer scalars)
    {
        RealSet? set = new([]);
        foreach (Node point in points)
        {
            if (Interval(point, true, point, true, scalars) is not { } single) return null;
            set = set.Union(single, scalars);
            if (set is null) return null;
        }
        return set;
    }

    public RealSet? Union(RealSet other, ScalarComparer scalars)
    {
        List<Segment> sorted = [.. _segments, .. other._segments];
        if (!Sort(sorted, scalars)) return null;
        List<Segment> merged = [];
        foreach (Segment next in sorted)
        {
            if (merged.Count > 0)
            {
                Segment last = merged[^1];
                if (scalars.Order(last.High, next.Low) is not { } gap) return null;
                if (gap > 0 || gap == 0 && (last.HighClosed || next.LowClosed))
                {
                    if (scalars.Order(last.High, next.High) is not { } ends) return null;
                    merged[^1] = ends < 0 ? last with { High = next.High, HighClosed = next.HighClosed }
                        : ends == 0 ? last with { HighClosed = last.HighClosed || next.HighClosed } : last;
                    continue;
                }
            }
            merged.Add(next);
        }
        return new RealSet(merged);
    }

    public RealSet? Intersection(RealSet other, ScalarComparer scalars)
        => Complement().Union(other.Complement(), scalars)?.Complement();

    public RealSet Complement()
    {
        List<Segment> gaps = [];
        Node low = Nodes.Negate(Nodes.Infinity);
        bool lowClosed = false;
        foreach (Segment segment in _segments)
        {
            if (ScalarComparer.Infinity(segment.Low) is null) gaps.Add(new Segment(low, lowClosed, segment.Low, !segment.LowClosed));
            low = segment.High;
            lowClosed = !segment.HighClosed;
        }
        if (_segments.Count == 0 || ScalarComparer.Infinity(_segments[^1].High) is null) gaps.Add(new Segment(low, lowClosed, Nodes.Infinity, false));
        return new RealSet(gaps);
    }

    public bool SameAs(RealSet other, Func<Node, Node, bool> same)
    {
        if (_segments.Count != other._segments.Count) return false;
        for (int i = 0; i < _segments.Count; i++)
        {
            Segment a = _segments[i], b = other._segments[i];
            if (a.LowClosed != b.LowClosed || a.HighClosed != b.HighClosed || !same(a.Low, b.Low) || !same(a.High, b.High)) return false;
        }
        return true;
    }

    private static RealSet? Fold(Node node, ScalarComparer scalars, Func<RealSet, RealSet, ScalarComparer, RealSet?> combine)
    {
        RealSet? result = From(node.Items[0], scalars);
        for (int i = 1; i < node.Items.Length && result is not null; i++)
            result = From(node.Items[i], scalars) is { } next ? combine(result, next, scalars) : null;
        return result;
    }

    // insertion sort: the order of two ends may be unknown, which no sort of the framework can say
    private static bool Sort(List<Segment> segments, ScalarComparer scalars)
    {
        for (int i = 1; i < segments.Count; i++)
        {
            Segment moving = segments[i];
            int at = i;
            while (at > 0)
            {
                Segment before = segments[at - 1];
                if (scalars.Order(before.Low, moving.Low) is not { } order) return false;
                if (order < 0 || order == 0 && (before.LowClosed || !moving.LowClosed)) break;
                segments[at--] = before;
            }
            segments[at] = moving;
        }
        return true;
    }
}
