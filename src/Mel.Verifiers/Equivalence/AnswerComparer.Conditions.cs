using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    private const string Inequality = "<>≤≥≠";

    /// <summary>The values that a condition allows, and the name whose values they are; an interval has no name of its own.</summary>
    private readonly record struct Allowed(RealSet Values, Node? Name);

    /// <summary>Compares conditions as sets of real numbers; null where a side is no condition, or is not solved.</summary>
    private bool? Conditions(Node g, Node p)
    {
        if (!IsCondition(g) && !IsCondition(p) || IsComplexModulus(g) != IsComplexModulus(p)) return null;
        if (AllowedBy(g) is not { } x || AllowedBy(p) is not { } y) return null;
        if (x.Name is not null && y.Name is not null && !x.Name.SameAs(y.Name)) return null;
        return x.Values.SameAs(y.Values, SameScalar) && Decided(VerificationMethod.Relation);
    }

    private static bool IsCondition(Node node)
        => node.Kind == NodeKind.Relation ? node.Name.AsSpan().ContainsAny(Inequality)
            : node.Kind == NodeKind.List && node.Name is not ("g" or ";")
                && Array.TrueForAll(node.Items, static i => i.Kind == NodeKind.Relation || IsCondition(i))
                && Array.Exists(node.Items, static i => IsCondition(i) || i.Name == "∈");

    // |z - 1| < 2 is a disk of the plane
    private static bool IsComplexModulus(Node node)
        => node is { Kind: NodeKind.Function, Name: "abs" } && NodePolynomial.Mentions(node, "z") || Array.Exists(node.Items, IsComplexModulus);

    private Allowed? AllowedBy(Node node)
    {
        if (!_budget.Take()) return null;
        switch (node.Kind)
        {
            case NodeKind.Relation: return AllowedByRelation(node);
            case NodeKind.List when node.Name is not ("g" or ";"): return AllowedByList(node);
            default:
                RealSet? set = node.IsScalar && !node.Has(Traits.Variables) ? RealSet.Points([node], _scalars) : RealSet.From(node, _scalars);
                return set is null ? null : new Allowed(set, null);
        }
    }

    // "or" binds less than "and". A comma means "and" where that leaves anything, and "or" where it does not.
    private Allowed? AllowedByList(Node list)
    {
        List<RealSet> union = [], group = [];
        Node? name = null;
        bool commas = true;
        for (int i = 0; i < list.Items.Length; i++)
        {
            if (AllowedBy(list.Items[i]) is not { } item) return null;
            // sets that are offered one by one are answers of their own
            if (item.Name is null && !ListSeparators.IsEither(list)) return null;
            if (name is not null && item.Name is not null && !name.SameAs(item.Name)) return null;
            name ??= item.Name;
            char separator = i == 0 ? ListSeparators.Comma : ListSeparators.Before(list, i);
            if (separator == ListSeparators.Or)
            {
                if (Closed() is not { } closed) return null;
                union.Add(closed);
                group.Clear();
                commas = true;
            }
            else commas &= separator != ListSeparators.And;
            group.Add(item.Values);
        }
        return Closed() is { } last && RealSet.UnionOf([.. union, last], _scalars) is { } all ? new Allowed(all, name) : null;

        RealSet? Closed()
        {
            RealSet? both = RealSet.IntersectionOf(group, _scalars);
            return both is { IsEmpty: true } && commas ? RealSet.UnionOf(group, _scalars) : both;
        }
    }

    // a chain holds where each of its links does
    private Allowed? AllowedByRelation(Node relation)
    {
        List<RealSet> links = [];
        Node? name = null;
        for (int i = 0; i + 1 < relation.Items.Length; i++)
        {
            if (AllowedByLink(relation.Items[i], relation.Name[i], relation.Items[i + 1]) is not { } link) return null;
            if (name is not null && !name.SameAs(link.Name!)) return null;
            name = link.Name;
            links.Add(link.Values);
        }
        return RealSet.IntersectionOf(links, _scalars) is { } all ? new Allowed(all, name) : null;
    }

    private Allowed? AllowedByLink(Node left, char relation, Node right)
    {
        if (!IsUnknown(left) && IsUnknown(right)) (left, relation, right) = (right, Turned(relation), left);
        if (IsUnknown(left) && !right.Has(Traits.Variables))
        {
            RealSet? set = relation switch
            {
                '<' or '≤' => RealSet.Below(right, relation == '≤', _scalars),
                '>' or '≥' => RealSet.Above(right, relation == '≥', _scalars),
                '≠' => RealSet.Points(Elements(right), _scalars)?.Complement(),
                '=' when right.IsScalar || IsCollection(right) => RealSet.Points(Elements(right), _scalars),
                '∈' => RealSet.From(right, _scalars),
                '∉' => RealSet.From(right, _scalars)?.Complement(),
                _ => null,
            };
            return set is null ? null : new Allowed(set, left);
        }
        if (!Inequality.Contains(relation, StringComparison.Ordinal) || LetterOf(left, right) is not { } letter) return null;
        return _solver.Solve(left, relation, right, letter) is { } solved ? new Allowed(solved, Nodes.Symbol(letter)) : null;
    }

    // what is bounded directly: a letter, a value of a function, the length of a segment
    private static bool IsUnknown(Node node)
        => node.Kind is NodeKind.Symbol or NodeKind.Apply
            || node.Kind == NodeKind.Mul && Array.TrueForAll(node.Items, static i => i.Kind == NodeKind.Symbol && char.IsUpper(i.Name[0]));

    // a < x < b as the interval between two ends whose order is not known
    private static Node? IntervalOf(Node node)
    {
        if (IsSequence(node)) return node.Items.Length == 2 && node.Name.Length == 0 ? node : null;
        if (node is { Kind: NodeKind.Relation, Name: "∈" } && IsUnknown(node.Items[0])) return IntervalOf(node.Items[1]);
        if (node is not { Kind: NodeKind.Relation, Items.Length: 3 } || !IsUnknown(node.Items[1])) return null;
        if (node.Name[0] is '>' or '≥') node = Flipped(node);
        NodeKind? kind = node.Name switch
        {
            "<<" => NodeKind.Open,
            "<≤" => NodeKind.LeftOpen,
            "≤<" => NodeKind.RightOpen,
            "≤≤" => NodeKind.Closed,
            _ => null,
        };
        return kind is { } known ? Nodes.Structure(known, [node.Items[0], node.Items[2]]) : null;
    }

    private static string? LetterOf(Node left, Node right)
    {
        List<string> names = [.. Names(left).Union(Names(right))];
        return names.Count == 1 ? names[0] : null;
    }
}
