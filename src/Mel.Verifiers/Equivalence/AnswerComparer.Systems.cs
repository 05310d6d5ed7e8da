using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    /// <summary>
    /// Lists of assignments. x = 1, y = 2 equals (x, y) = (1, 2) by name, and (1, 2) or the values 1, 2 by their order or without; x = 1, x = 2 and
    /// n = 2, 3 are lists of values of one name. Null when neither side assigns anything.
    /// </summary>
    private bool? Systems(Node g, Node p)
    {
        List<Solution>? x = Solutions(g), y = Solutions(p);
        if (x is null && y is null) return null;
        if (x is null || y is null)
        {
            (Node plain, List<Solution> solutions) = x is null ? (g, y!) : (p, x);
            List<Node> values = PlainValues(solutions);
            bool goldPlain = x is null;
            List<Node> others = plain.Kind == NodeKind.Tuple ? [plain] : Elements(plain);
            if (plain.Kind == NodeKind.Tuple && solutions.Count == 1 && solutions[0].Values.Count > 1)
                return goldPlain ? InOrder(plain.Items, [.. solutions[0].Values]) : InOrder([.. solutions[0].Values], plain.Items);
            if (solutions.Count == 1 && others.Count == solutions[0].Values.Count) values = solutions[0].Values;
            bool collapse = g.Kind == NodeKind.Set || p.Kind == NodeKind.Set || _rules.CollapseDuplicates;
            return goldPlain ? SameElements(others, values, collapse) : SameElements(values, others, collapse);
        }
        if (x.Count != y.Count) return false;
        List<Solution> left = [.. y];
        foreach (Solution solution in x)
        {
            int at = left.FindIndex(s => SameSolution(solution, s));
            if (at < 0) return false;
            left.RemoveAt(at);
        }
        return Decided(VerificationMethod.Structure);
    }

    private bool SameSolution(Solution g, Solution p)
    {
        if (g.Values.Count != p.Values.Count) return false;
        if (g.Names.Count == 0 || p.Names.Count == 0) return InOrder([.. g.Values], [.. p.Values]);
        for (int i = 0; i < g.Names.Count; i++)
        {
            int at = p.Names.FindIndex(g.Names[i].SameAs);
            if (at < 0 && g.Names.Count == 1) return SameNamed(g, p);
            if (at < 0 || !Same(g.Values[i], p.Values[at])) return at >= 0 && g.Names.Count == 1 && SameNamed(g, p);
        }
        return true;
    }

    // one equation each: x_1 and x name the same unknown; anything else is compared as equations
    private bool SameNamed(Solution g, Solution p)
    {
        if (Root(g.Names[0]) is { } a && Root(p.Names[0]) is { } b && a == b) return Same(g.Values[0], p.Values[0]);
        return TwoRelations(Nodes.Relation([g.Names[0], g.Values[0]], "="), Nodes.Relation([p.Names[0], p.Values[0]], "="));
    }

    private static string? Root(Node name) => name.Kind == NodeKind.Symbol ? name.Name.Split('_')[0] : null;

    private sealed record Solution(List<Node> Names, List<Node> Values);

    private static List<Node> PlainValues(List<Solution> solutions)
        => [.. solutions.Select(static s => s.Values.Count == 1 ? s.Values[0] : Nodes.Structure(NodeKind.Tuple, [.. s.Values]))];

    // null when nothing is assigned
    private static List<Solution>? Solutions(Node node)
    {
        if (node.Kind == NodeKind.List && node.Name == "g") return Grouped(node);
        Node[] items = node.Kind is NodeKind.List or NodeKind.Group or NodeKind.Set ? node.Items : [node];
        List<Solution> solutions = [];
        Solution? open = null;
        bool assigned = false;
        Node? lastName = null;
        for (int i = 0; i < items.Length; i++)
        {
            Node item = Unwrapped(items[i]);
            // "x = 1, y = 2 or x = 3, y = 4": the word begins the next solution
            bool next = i > 0 && node.Kind == NodeKind.List && ListSeparators.Before(node, i) == ListSeparators.Or;
            if (item.Kind == NodeKind.Relation && IsEquation(item) && item.Items.Length >= 2 && IsTupleOfNames(item.Items[0]))
            {
                Node values = item.Items[^1];
                if (values.Kind != NodeKind.Tuple || values.Items.Length != item.Items[0].Items.Length) return null;
                solutions.Add(new Solution([.. item.Items[0].Items], [.. values.Items]));
                assigned = true;
                continue;
            }
            if (item.Kind == NodeKind.Relation && IsEquation(item) && Assigned(item) is var (name, value))
            {
                assigned = true;
                lastName = name;
                foreach (Node one in Expanded(value))
                {
                    // a name that comes again begins the next solution
                    if (open is null || next || open.Names.Exists(name.SameAs))
                    {
                        open = new Solution([], []);
                        solutions.Add(open);
                    }
                    open.Names.Add(name);
                    open.Values.Add(one);
                }
                continue;
            }
            if (item.Kind == NodeKind.Relation) return null;
            if (lastName is not null && open is not null && open.Names.Count == 1)
            {
                // n = 2, 3, 4
                foreach (Node one in Expanded(item)) solutions.Add(open = new Solution([lastName], [one]));
                continue;
            }
            foreach (Node one in Expanded(item)) solutions.Add(one.Kind == NodeKind.Tuple ? new Solution([], [.. one.Items]) : new Solution([], [one]));
        }
        return assigned ? solutions : null;
    }

    private static List<Solution>? Grouped(Node node)
    {
        List<Solution> all = [];
        foreach (Node group in node.Items)
        {
            if (Solutions(group) is not { } solutions) return null;
            all.AddRange(solutions);
        }
        return all;
    }

    private static (Node Name, Node Value)? Assigned(Node relation)
    {
        Node first = relation.Items[0], last = relation.Items[^1];
        if (IsName(first)) return (first, last);
        return relation.Items.Length == 2 && IsName(last) ? (last, first) : null;
    }
}
