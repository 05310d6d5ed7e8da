using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    private bool Same(Node gold, Node prediction)
    {
        if (!_budget.Take()) return false;
        Node g = Unwrapped(gold), p = Unwrapped(prediction);
        if (g.IsScalar && p.IsScalar && !g.Has(Traits.PlusMinus) && !p.Has(Traits.PlusMinus)) return SameScalar(g, p);
        if (g.SameAs(p)) return Decided(VerificationMethod.SameForm);
        if (IsSetOfSets(g) && !HoldsSets(p) || IsSetOfSets(p) && !HoldsSets(g)) return false;
        if (g.Kind == NodeKind.Piecewise || p.Kind == NodeKind.Piecewise) return Piecewise(g, p);
        if (g.Kind == NodeKind.Relation || p.Kind == NodeKind.Relation) return Relations(g, p);
        if (g.Kind == NodeKind.Matrix && NestedRows(p) is { } rowsP) return Matrices(g, rowsP);
        if (p.Kind == NodeKind.Matrix && NestedRows(g) is { } rowsG) return Matrices(rowsG, p);
        if (IsText(g) || IsText(p)) return Texts(g.Name, p.Name, g, p);
        if (IsCollection(g) || IsCollection(p) || g.Has(Traits.PlusMinus) || p.Has(Traits.PlusMinus)) return Collections(g, p);
        if (g.Kind == NodeKind.Matrix || p.Kind == NodeKind.Matrix) return Matrices(g, p);
        if (g.Kind == NodeKind.Ratio || p.Kind == NodeKind.Ratio) return Ratios(g, p);
        if (g.Kind == NodeKind.NamedSet && p.Kind == NodeKind.NamedSet) return g.Name == p.Name && Decided(VerificationMethod.SameForm);
        if (IsSequence(g) && IsSequence(p)) return Sequences(g, p);
        return SameSets(g, p);
    }

    private bool Decided(VerificationMethod method)
    {
        Method = method;
        return true;
    }

    // a set of one element, a group in brackets of one element, an approximation behind an exact value
    private static Node Unwrapped(Node node)
    {
        while (true)
        {
            if (node is { Kind: NodeKind.Set or NodeKind.List or NodeKind.Group, Items.Length: 1 } && node.Name is "" or ";" or "g"
                && !IsSetOfSets(node)) node = node.Items[0];
            else if (node.Kind == NodeKind.Relation && node.Name.Contains('≈', StringComparison.Ordinal)) node = Exact(node);
            else return node;
        }
    }

    // the set of the empty set is not empty
    private static bool IsSetOfSets(Node node) => node.Kind == NodeKind.Set && HoldsSets(node);

    private static bool HoldsSets(Node node) => Array.Exists(node.Items, static i => i.Kind is NodeKind.Set or NodeKind.EmptySet);

    // a = b ≈ c: the approximations are remarks, unless a bare name stands before the first of them
    private static Node Exact(Node relation)
    {
        int first = relation.Name.IndexOf('≈', StringComparison.Ordinal);
        if (first == 0 && IsName(relation.Items[0])) return Nodes.Relation(relation.Items[..2], "=");
        return first == 0 ? relation.Items[0] : Nodes.Relation(relation.Items[..(first + 1)], relation.Name[..first]);
    }

    private static bool IsCollection(Node node)
        => node.Kind is NodeKind.List or NodeKind.Set or NodeKind.Group || node.Kind == NodeKind.Closed && node.Items.Length != 2;

    private static bool IsSequence(Node node) => node.Kind is NodeKind.Tuple or NodeKind.Closed or NodeKind.Open or NodeKind.LeftOpen or NodeKind.RightOpen;

    private bool Sequences(Node g, Node p)
    {
        // (a, b) is a pair or an open interval; the other kinds of bracket must agree
        bool sameKind = g.Kind == p.Kind || g.Kind is NodeKind.Tuple or NodeKind.Open && p.Kind is NodeKind.Tuple or NodeKind.Open;
        if (g.Name == "mod" && p.Name == "mod") return SameResidues(g, p);
        return sameKind && g.Name == p.Name && InOrder(g.Items, p.Items);
    }

    private bool InOrder(Node[] g, Node[] p)
    {
        if (g.Length != p.Length) return false;
        for (int i = 0; i < g.Length; i++)
            if (!Same(g[i], p[i])) return false;
        return Decided(VerificationMethod.Structure);
    }

    private bool Matrices(Node g, Node p)
    {
        if (g.Kind == NodeKind.Matrix && p.Kind == NodeKind.Matrix)
            return g.Value.Equals(p.Value) && InOrder(g.Items, p.Items);
        (Node matrix, Node other) = g.Kind == NodeKind.Matrix ? (g, p) : (p, g);
        return _rules.ColumnsAreTuples && other.Kind == NodeKind.Tuple && matrix.Value.IsOne && matrix.Items.Length == other.Items.Length
            && InOrder(g.Items, p.Items);
    }

    // [[1, 2], [3, 4]]: the rows of a matrix
    private static Node? NestedRows(Node node)
    {
        if (node.Kind is not (NodeKind.Closed or NodeKind.Tuple) || node.Name.Length > 0) return null;
        int columns = node.Items[0].Items.Length;
        return Array.TrueForAll(node.Items, i => i.Kind == node.Kind && i.Items.Length == columns)
            ? Nodes.Matrix([.. node.Items.SelectMany(static i => i.Items)], columns) : null;
    }

    // 3:2 is the number 3/2; with three parts or more only proportions compare
    private bool Ratios(Node g, Node p)
    {
        if (g.Kind == NodeKind.Ratio && p.Kind == NodeKind.Ratio)
        {
            if (g.Items.Length != p.Items.Length) return false;
            if (InOrder(g.Items, p.Items)) return true;
            for (int i = 1; i < g.Items.Length; i++)
            {
                if (!g.Items[i].IsScalar || !p.Items[i].IsScalar || !g.Items[0].IsScalar || !p.Items[0].IsScalar) return false;
                Node left = Nodes.Mul([g.Items[0], p.Items[i]]), right = Nodes.Mul([p.Items[0], g.Items[i]]);
                if (left is { IsNumber: true, Value.IsZero: true } || !SameScalar(left, right)) return false;
            }
            return Decided(VerificationMethod.Structure);
        }
        (Node ratio, Node value) = g.Kind == NodeKind.Ratio ? (g, p) : (p, g);
        if (ratio.Items.Length != 2 || !value.IsScalar || !ratio.Items[0].IsScalar || !ratio.Items[1].IsScalar) return false;
        // 9:00 a.m. against 9 a.m.
        if (ratio.Items[1] is { Kind: NodeKind.Quantity, Unit: { IsMeasure: false } half } && ratio.Items[1].Items[0] is { IsNumber: true, Value.IsZero: true })
        {
            Node hour = Nodes.Quantity(ratio.Items[0], half);
            return g.Kind == NodeKind.Ratio ? SameScalar(hour, value) : SameScalar(value, hour);
        }
        Node quotient = Nodes.Divide(ratio.Items[0], ratio.Items[1]);
        return g.Kind == NodeKind.Ratio ? SameScalar(quotient, value) : SameScalar(value, quotient);
    }

    private bool SameSets(Node g, Node p)
    {
        if (RealSet.From(g, _scalars) is { } a && RealSet.From(p, _scalars) is { } b) return a.SameAs(b, SameScalar) && Decided(VerificationMethod.Structure);
        // sets of anything else: element by element once the operations are carried out
        if (FiniteSet(g) is { } x && FiniteSet(p) is { } y) return SameElements(x, y, collapse: true);
        if (g.Kind == p.Kind && g.Items.Length == p.Items.Length && g.Kind is NodeKind.Union or NodeKind.Intersection)
            return SameElements([.. g.Items], [.. p.Items], collapse: true);
        return g.Kind == p.Kind && g.Name == p.Name && g.Items.Length > 0 && InOrder(g.Items, p.Items);
    }

    private List<Node>? FiniteSet(Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.EmptySet: return [];
            case NodeKind.Set: return [.. node.Items.SelectMany(Expanded)];
            case NodeKind.Union or NodeKind.Intersection or NodeKind.Difference:
                List<Node>? result = FiniteSet(node.Items[0]);
                for (int i = 1; i < node.Items.Length && result is not null; i++)
                {
                    if (FiniteSet(node.Items[i]) is not { } next) return null;
                    result = node.Kind switch
                    {
                        NodeKind.Union => [.. result, .. next],
                        NodeKind.Intersection => result.FindAll(e => next.Exists(o => Same(e, o))),
                        _ => result.FindAll(e => !next.Exists(o => Same(e, o))),
                    };
                }
                return result;
            default: return null;
        }
    }

    private bool Collections(Node g, Node p)
    {
        if (Conditions(g, p) is { } allowed) return allowed;
        if (Systems(g, p) is { } decided) return decided;
        // conditions that are not solved keep the word between them
        if (g.Kind == NodeKind.List && p.Kind == NodeKind.List && (IsCondition(g) || IsCondition(p)))
        {
            bool both = IsCondition(g) && IsCondition(p);
            if (both ? ListSeparators.IsEither(g) != ListSeparators.IsEither(p) : !ListSeparators.IsEither(IsCondition(g) ? g : p)) return false;
        }
        if (g.Kind is NodeKind.Set or NodeKind.EmptySet && p.Kind is NodeKind.Set or NodeKind.EmptySet && FiniteSet(g) is { } a && FiniteSet(p) is { } b)
            return SameElements(a, b, collapse: true);
        if (Membership(g, p) is { } member) return member;
        List<Node> x = Elements(g), y = Elements(p);
        bool brackets = g.Kind == NodeKind.Closed || p.Kind == NodeKind.Closed;
        if (brackets && (g.Kind == NodeKind.Tuple || p.Kind == NodeKind.Tuple)) return InOrder(g.Items, p.Items);
        if (g.Kind == NodeKind.Tuple && !g.Has(Traits.PlusMinus) || p.Kind == NodeKind.Tuple && !p.Has(Traits.PlusMinus))
            return x.Count == 1 && y.Count == 1 && Same(x[0], y[0]);
        bool ordered = _rules.OrderedLists && g.Kind == NodeKind.List && p.Kind == NodeKind.List || x.Exists(static e => e.Kind == NodeKind.Ellipsis);
        if (x.Count == 1 && y.Count == 1 && ReferenceEquals(x[0], g) && ReferenceEquals(y[0], p)) return false;
        if (ordered) return InOrder([.. x], [.. y]);
        bool sets = g.Kind == NodeKind.Set || p.Kind == NodeKind.Set;
        return SameElements(x, y, sets || _rules.CollapseDuplicates);
    }

    // a union of intervals against points, or a set expression against a list of elements
    private bool? Membership(Node g, Node p)
    {
        if (g.Kind is NodeKind.Union or NodeKind.Intersection or NodeKind.Difference or NodeKind.EmptySet
            || p.Kind is NodeKind.Union or NodeKind.Intersection or NodeKind.Difference or NodeKind.EmptySet) return SameSets(g, p);
        return null;
    }

    private bool SameElements(List<Node> x, List<Node> y, bool collapse)
    {
        if (collapse)
        {
            x = Distinct(x);
            y = Distinct(y);
        }
        if (x.Count != y.Count) return false;
        List<Node> left = [.. y];
        foreach (Node element in x)
        {
            int at = left.FindIndex(e => Same(element, e));
            if (at < 0) return false;
            left.RemoveAt(at);
        }
        return Decided(VerificationMethod.Structure);
    }

    private List<Node> Distinct(List<Node> elements)
    {
        List<Node> distinct = [];
        foreach (Node element in elements)
            if (!distinct.Exists(e => Same(element, e))) distinct.Add(element);
        return distinct;
    }

    /// <summary>The elements of a list: plus-minus signs written out, and names left off where they only label the values.</summary>
    private static List<Node> Elements(Node node)
    {
        Node[] items = IsCollection(node) ? node.Items : [node];
        List<Node> elements = [];
        foreach (Node item in items)
            elements.AddRange(items.Length == 1 && item is { Kind: NodeKind.Set or NodeKind.List, Items.Length: > 0 }
                ? item.Items.SelectMany(Expanded)
                : Expanded(Unwrapped(item)));
        return elements;
    }

    // a ± b stands for two values; several signs in one expression go together
    private static IEnumerable<Node> Expanded(Node node)
    {
        if (!node.Has(Traits.PlusMinus)) return [node];
        Node plus = node.Rewrite(static n => n.Kind != NodeKind.PlusMinus ? null : Choose(n, upper: true));
        Node minus = node.Rewrite(static n => n.Kind != NodeKind.PlusMinus ? null : Choose(n, upper: false));
        return [plus, minus];
    }

    private static Node Choose(Node sign, bool upper)
    {
        Node inner = sign.Items[0].Rewrite(n => n.Kind != NodeKind.PlusMinus ? null : Choose(n, upper));
        return upper == (sign.Name == "+") ? inner : Nodes.Negate(inner);
    }
}
