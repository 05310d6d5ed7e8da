using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    private bool Relations(Node g, Node p)
    {
        if (Conditions(g, p) is { } decidedBySets) return decidedBySets;
        if (g.Kind == NodeKind.Relation && p.Kind == NodeKind.Relation)
            return TwoRelations(g, p) || NameOf(g) is { } name && NameOf(p) is { } other && name.SameAs(other) && SameIntervals(g, p);
        if (SameIntervals(g, p)) return true;
        if (g.Kind == NodeKind.Relation)
        {
            if (SolvedForm(p, g) || ZeroProduct(p, g)) return Decided(VerificationMethod.Relation);
            if (IsCollection(p) && Systems(g, p) is { } system) return system;
            return Values(g, gold: true) is { } value && Same(value, p);
        }
        if (SolvedForm(g, p) || ZeroProduct(g, p)) return Decided(VerificationMethod.Relation);
        if (IsCollection(g) && Systems(g, p) is { } decided) return decided;
        return Values(p, gold: false) is { } rhs && Same(g, rhs);
    }

    private bool SameIntervals(Node g, Node p)
        => IntervalOf(g) is { } x && IntervalOf(p) is { } y && Sequences(x, y);

    private bool TwoRelations(Node g, Node p)
    {
        bool equations = IsEquation(g) && IsEquation(p);
        if (equations)
        {
            Definition? x = Defined(g), y = Defined(p);
            if (x is { } dg && y is { } dp && SameDefinition(dg, dp) is { } same) return same;
            return SameEquation(g, p);
        }
        if (g.Name == p.Name && InOrder(g.Items, p.Items)) return Decided(VerificationMethod.Relation);
        if (g is { Name: "≡", Items: [_, { Kind: NodeKind.Tuple, Name: "mod" }] } && p is { Name: "≡", Items: [_, { Kind: NodeKind.Tuple, Name: "mod" }] })
            return SameCongruence(g, p) && Decided(VerificationMethod.Relation);
        Node flipped = Flipped(p);
        if (g.Name == flipped.Name && InOrder(g.Items, flipped.Items)) return Decided(VerificationMethod.Relation);
        // the same name with the same set of values
        if (NameOf(g) is { } nameG && NameOf(p) is { } nameP)
        {
            if (!nameG.SameAs(nameP)) return false;
            if (g is { Name: "∈" or "=", Items.Length: 2 } && p is { Name: "∈" or "=", Items.Length: 2 }) return Same(g.Items[1], p.Items[1]);
        }
        return SameInequality(g, p);
    }

    // 2x > 6 against x > 3: the differences are proportional, and a negative factor turns the relation round
    private bool SameInequality(Node g, Node p)
    {
        if (g.Name.Length != 1 || p.Name.Length != 1 || "<>≤≥≠".IndexOf(g.Name[0], StringComparison.Ordinal) < 0
            || "<>≤≥≠".IndexOf(p.Name[0], StringComparison.Ordinal) < 0) return false;
        Node left = Difference(g), right = Difference(p);
        if (left.Has(Traits.Structure) || right.Has(Traits.Structure) || !_scalars.AreProportional(left, right, out int sign)) return false;
        char expected = sign > 0 ? p.Name[0] : Turned(p.Name[0]);
        return sign != 0 && g.Name[0] == expected && Decided(VerificationMethod.Relation);
    }

    private static bool IsEquation(Node relation) => relation.Name.AsSpan().IndexOfAnyExcept('=') < 0;

    private static Node Difference(Node relation)
        => relation.Items[0].IsScalar && relation.Items[^1].IsScalar
            ? Nodes.Add([relation.Items[0], Nodes.Negate(relation.Items[^1])])
            : relation;

    private static Node Flipped(Node relation)
        => Nodes.Relation([.. relation.Items.Reverse()], new string([.. relation.Name.Reverse().Select(Turned)]));

    // the sign read from the right; none where a relation has no mirror image
    private static char Turned(char relation)
    {
        const string Signs = "<>≤≥⊂⊃⊆⊇⊊⊋∈∋→←⇒⇐≺≻≪≫", Mirrored = "><≥≤⊃⊂⊇⊆⊋⊊∋∈←→⇐⇒≻≺≫≪", Symmetric = "=≠≈≡≅∼∝∥∦⊥↔⇔∧∨";
        int at = Signs.IndexOf(relation, StringComparison.Ordinal);
        return at >= 0 ? Mirrored[at] : Symmetric.Contains(relation, StringComparison.Ordinal) ? relation : '\0';
    }

    /// <summary>A symbol, or symbols joined by anything but numbers: x, AB, V_1 : V_2, NO/BO, f(x).</summary>
    private static bool IsName(Node node) => node.Kind switch
    {
        NodeKind.Symbol or NodeKind.Apply => true,
        NodeKind.Constant => node.Name is "e" or "i",
        NodeKind.Mul or NodeKind.Ratio => Array.TrueForAll(node.Items, IsName),
        NodeKind.Pow => IsName(node.Items[0]) && node.Items[1].IsNumber && node.Items[1].Value == new BigRational(-1),
        NodeKind.Function => node.Name is "abs" && IsName(node.Items[0]),
        _ => false,
    };

    // sums and powers of symbols name a quantity too: x + y = 5, a^2 + b^2 = 25
    private static bool IsQuantityName(Node node) => IsName(node) || node.Kind switch
    {
        NodeKind.Add or NodeKind.Mul => Array.TrueForAll(node.Items, IsQuantityName)
            || node is { Kind: NodeKind.Mul, Items.Length: 2 } && node.Items[0].SameAs(Nodes.MinusOne) && IsQuantityName(node.Items[1]),
        NodeKind.Pow => IsQuantityName(node.Items[0]) && node.Items[1].IsNumber,
        NodeKind.Function => Array.TrueForAll(node.Items, IsQuantityName),
        NodeKind.Root => IsQuantityName(node.Items[0]),
        _ => false,
    };

    /// <summary>What an assignment assigns, or null when the relation is a condition of its own.</summary>
    private static Node? Values(Node relation, bool gold)
    {
        if (relation.Name.Length == 1 && relation.Name[0] is '∈' && IsName(relation.Items[0])) return relation.Items[1];
        if (!IsEquation(relation)) return relation is { Name: "→", Items.Length: 2 } && IsName(relation.Items[0]) ? relation.Items[1] : null;
        Node first = relation.Items[0], last = relation.Items[^1];
        if (IsName(first)) return last;
        if (relation.Items.Length == 2 && IsName(last)) return first;
        if (IsTupleOfNames(first) && last.Kind is NodeKind.Tuple or NodeKind.List or NodeKind.Set) return last;
        if (gold) return !first.Has(Traits.Variables) && !last.Has(Traits.Variables) ? last : null;
        // a chain of values ends with the answer; an equation that still holds numbers beside its unknowns is a step on the way
        return !first.Has(Traits.Variables) || IsQuantityName(first) || first.Kind == NodeKind.Matrix ? last : null;
    }

    private static bool IsTupleOfNames(Node node) => node.Kind is NodeKind.Tuple && Array.TrueForAll(node.Items, IsName);

    private readonly record struct Definition(string Name, Node[] Parameters, Node Body, Node Left);

    // f(x) = ..., y = ..., N(n) = ...: the left side is a name, with parameters where it is applied to symbols
    private static Definition? Defined(Node relation)
    {
        Node left = relation.Items[0], body = relation.Items[^1];
        if (!IsName(left) && relation.Items.Length == 2 && IsName(body)) (left, body) = (body, left);
        if (left.Kind == NodeKind.Apply && Array.TrueForAll(left.Items, static i => i.Kind == NodeKind.Symbol))
            return new Definition(left.Name, left.Items, body, left);
        if (left is { Kind: NodeKind.Mul, Items.Length: 2 } && left.Items[0].Kind == NodeKind.Symbol && left.Items[1].Kind == NodeKind.Symbol
            && (char.IsUpper(left.Items[0].Name[0]) || left.Items[0].Name is "p" or "q" or "u" or "v"))
            return new Definition(left.Items[0].Name, [left.Items[1]], body, left);
        return IsName(left) || left.Kind == NodeKind.Tuple ? new Definition("", [], body, left) : null;
    }

    private bool? SameDefinition(Definition g, Definition p)
    {
        if (g.Parameters.Length > 0 && p.Parameters.Length > 0)
        {
            if (g.Name != p.Name || g.Parameters.Length != p.Parameters.Length) return false;
            Node body = p.Body.Rewrite(
                n => n.Kind == NodeKind.Symbol && Array.FindIndex(p.Parameters, q => q.SameAs(n)) is >= 0 and int at ? g.Parameters[at] : null);
            return Same(g.Body, body);
        }
        if (g.Left.SameAs(p.Left)) return Same(g.Body, p.Body) ? true : null;
        bool named = g.Parameters.Length + p.Parameters.Length > 0
            && (g.Left is { Kind: NodeKind.Symbol, Name: "y" } || p.Left is { Kind: NodeKind.Symbol, Name: "y" } || g.Left.Name == p.Left.Name);
        return named && _rules.ValueNamesFunction ? Same(g.Body, p.Body) : null;
    }

    /// <summary>The name an inequality or a membership bounds.</summary>
    private static Node? NameOf(Node relation)
    {
        if (relation.Items.Length == 3) return IsName(relation.Items[1]) ? relation.Items[1] : null;
        return IsName(relation.Items[0]) ? relation.Items[0] : IsName(relation.Items[^1]) ? relation.Items[^1] : null;
    }
}
