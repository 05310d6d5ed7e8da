using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>A set of real numbers as disjoint segments in ascending order. A single point is a closed segment of length zero.</summary>
internal sealed class RealSet
{
    private readonly List<Segment> _segments;

    /// <summary>One stretch of the line; an infinite end is never closed.</summary>
    public readonly record struct Segment(Node Low, bool LowClosed, Node High, bool HighClosed);

    private RealSet(List<Segment> segments) => _segments = segments;

    /// <summary>Disjoint and ascending.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    public bool IsEmpty => _segments.Count == 0;

    public static RealSet Empty { get; } = new([]);

    /// <summary>The set an expression describes, or null where it is none or its ends cannot be ordered.</summary>
    public static RealSet? From(Node node, ScalarComparer scalars)
    {
        switch (node.Kind)
        {
            case NodeKind.EmptySet: return Empty;
            case NodeKind.NamedSet when node.Name == "R": return Whole();
            case NodeKind.NamedSet when node.Name is "R^+" or "R_+" or "R^{+}": return Interval(Nodes.Zero, false, Nodes.Infinity, false, scalars);
            case NodeKind.Open or NodeKind.Tuple when node.Items.Length == 2 && node.Name.Length == 0:
                return Interval(node.Items[0], false, node.Items[1], false, scalars);
            case NodeKind.Closed when node.Items.Length == 2: return Interval(node.Items[0], true, node.Items[1], true, scalars);
            case NodeKind.LeftOpen: return Interval(node.Items[0], false, node.Items[1], true, scalars);
            case NodeKind.RightOpen: return Interval(node.Items[0], true, node.Items[1], false, scalars);
            case NodeKind.Set: return Points(node.Items, scalars);
            case NodeKind.Union: return Sets(node, scalars) is { } parts ? UnionOf(parts, scalars) : null;
            case NodeKind.Intersection: return Sets(node, scalars) is { } factors ? IntersectionOf(factors, scalars) : null;
            case NodeKind.Difference: return Sets(node, scalars) is [var whole, var taken] ? whole.Intersection(taken.Complement(), scalars) : null;
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

    public static RealSet? Below(Node bound, bool closed, ScalarComparer scalars)
        => ScalarComparer.Infinity(bound) is > 0 ? Whole() : Interval(Nodes.Negate(Nodes.Infinity), false, bound, closed, scalars);

    public static RealSet? Above(Node bound, bool closed, ScalarComparer scalars)
        => ScalarComparer.Infinity(bound) is < 0 ? Whole() : Interval(bound, closed, Nodes.Infinity, false, scalars);

    /// <summary>Stretches between ascending ends, none of which touch.</summary>
    public static RealSet Ascending(List<Segment> segments) => new(segments);

    public static RealSet? Points(IReadOnlyList<Node> points, ScalarComparer scalars)
    {
        List<Segment> segments = new(points.Count);
        foreach (Node point in points)
        {
            if (point.Has(Traits.Structure) || ScalarComparer.Infinity(point) is not null || scalars.Order(point, Nodes.Zero) is null) return null;
            segments.Add(new Segment(point, true, point, true));
        }
        return Merged(segments, scalars);
    }

    public static RealSet? UnionOf(IReadOnlyList<RealSet> sets, ScalarComparer scalars)
        => sets.Count == 1 ? sets[0] : Merged([.. sets.SelectMany(static s => s._segments)], scalars);

    public static RealSet? IntersectionOf(IReadOnlyList<RealSet> sets, ScalarComparer scalars)
        => sets.Count == 1 ? sets[0]
            : sets.Count == 2 ? sets[0].Intersection(sets[1], scalars)
            : UnionOf([.. sets.Select(static s => s.Complement())], scalars)?.Complement();

    public RealSet? Union(RealSet other, ScalarComparer scalars) => UnionOf([this, other], scalars);

    public RealSet? Intersection(RealSet other, ScalarComparer scalars)
    {
        List<Segment> common = [];
        for (int i = 0, k = 0; i < _segments.Count && k < other._segments.Count;)
        {
            Segment a = _segments[i], b = other._segments[k];
            if (scalars.Order(a.Low, b.Low) is not { } lows || scalars.Order(a.High, b.High) is not { } highs) return null;
            (Node low, bool lowClosed) = lows > 0 ? (a.Low, a.LowClosed) : lows < 0 ? (b.Low, b.LowClosed) : (a.Low, a.LowClosed && b.LowClosed);
            (Node high, bool highClosed) = highs < 0 ? (a.High, a.HighClosed) : highs > 0 ? (b.High, b.HighClosed) : (a.High, a.HighClosed && b.HighClosed);
            if (scalars.Order(low, high) is not { } size) return null;
            if (size < 0 || size == 0 && lowClosed && highClosed) common.Add(new Segment(low, lowClosed, high, highClosed));
            if (highs <= 0) i++;
            if (highs >= 0) k++;
        }
        return new RealSet(common);
    }

    // segments in any order, brought together where they meet
    private static RealSet? Merged(List<Segment> segments, ScalarComparer scalars)
    {
        if (!Sorted(segments, scalars)) return null;
        List<Segment> merged = new(segments.Count);
        foreach (Segment next in segments)
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
            if (a.LowClosed != b.LowClosed || a.HighClosed != b.HighClosed || !same(a.Low, b.Low)) return false;
            bool points = ReferenceEquals(a.Low, a.High) && ReferenceEquals(b.Low, b.High);
            if (!points && !same(a.High, b.High)) return false;
        }
        return true;
    }

    private static List<RealSet>? Sets(Node node, ScalarComparer scalars)
    {
        List<RealSet> sets = new(node.Items.Length);
        foreach (Node item in node.Items)
        {
            if (From(item, scalars) is not { } set) return null;
            sets.Add(set);
        }
        return sets;
    }

    // merge sort: the order of two ends may be unknown, which no sort of the framework can say
    private static bool Sorted(List<Segment> segments, ScalarComparer scalars)
    {
        Segment[] from = [.. segments], to = new Segment[from.Length];
        for (int width = 1; width < from.Length; width *= 2)
        {
            for (int start = 0; start < from.Length; start += 2 * width)
            {
                int left = start, middle = Math.Min(start + width, from.Length), right = middle, end = Math.Min(start + 2 * width, from.Length);
                for (int i = start; i < end; i++)
                {
                    bool takeLeft = right == end;
                    if (left < middle && right < end)
                    {
                        if (scalars.Order(from[left].Low, from[right].Low) is not { } order) return false;
                        takeLeft = order < 0 || order == 0 && (from[left].LowClosed || !from[right].LowClosed);
                    }
                    to[i] = takeLeft ? from[left++] : from[right++];
                }
            }
            (from, to) = (to, from);
        }
        for (int i = 0; i < from.Length; i++) segments[i] = from[i];
        return true;
    }
}
