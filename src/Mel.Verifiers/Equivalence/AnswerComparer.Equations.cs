using Mel.Verifiers.Numbers;
using Mel.Verifiers.Rules;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

internal sealed partial class AnswerComparer
{
    private const int MostDenominators = 8;

    // Equations have the same solutions when their differences are proportional once fractions are cleared: 1/x + 1/y = 2 and y = x/(2x - 1).
    private bool SameEquation(Node g, Node p)
    {
        if (SolvedForm(g, p) || SolvedForm(p, g)) return Decided(VerificationMethod.Relation);
        Node left = Difference(g), right = Difference(p);
        if (left.Has(Traits.Structure) || right.Has(Traits.Structure)) return g.Name == p.Name && InOrder(g.Items, p.Items);
        if (left.Has(Traits.PlusMinus) || right.Has(Traits.PlusMinus)) return InOrder(g.Items, p.Items);
        if (_scalars.AreProportional(left, right, out _)) return Decided(VerificationMethod.Relation);
        Node clearedLeft = Cleared(left), clearedRight = Cleared(right);
        bool cleared = !ReferenceEquals(clearedLeft, left) || !ReferenceEquals(clearedRight, right);
        return cleared && _scalars.AreProportional(clearedLeft, clearedRight, out _) && Decided(VerificationMethod.Relation);
    }

    // x = ±3 is x^2 = 9: the values are the roots of the equation, each once
    private bool SolvedForm(Node solved, Node equation)
    {
        if (!IsEquation(equation) || equation.Items.Length != 2 || ValuesOfOne(solved) is not var (name, values)) return false;
        Node difference = Difference(equation);
        if (values.Count < 2 || !difference.IsScalar || difference.Has(Traits.PlusMinus | Traits.Irrational | Traits.Discrete | Traits.Opaque)) return false;
        if (Names(difference) is not [var only] || only != name.Name) return false;
        Node product = Nodes.Mul([.. values.Select(v => Nodes.Add([name, Nodes.Negate(v)]))]);
        return _scalars.AreProportional(Cleared(difference), product, out _);
    }

    // a = 0 or b = 0 is ab = 0: one of the equations holds where their product vanishes
    private bool ZeroProduct(Node alternatives, Node equation)
    {
        if (alternatives.Kind != NodeKind.List || !ListSeparators.IsEither(alternatives) || alternatives.Items.Length > MostDenominators) return false;
        if (!IsEquation(equation)) return false;
        if (!Array.TrueForAll(alternatives.Items, static i => i is { Kind: NodeKind.Relation, Name: "=", Items.Length: 2 })) return false;
        Node[] differences = [.. alternatives.Items.Select(Difference)];
        Node whole = Difference(equation);
        const Traits unsure = Traits.PlusMinus | Traits.Irrational | Traits.Discrete | Traits.Opaque;
        return Array.TrueForAll([whole, .. differences], n => n.IsScalar && !n.Has(unsure))
            && _scalars.AreProportional(whole, Nodes.Mul(differences), out _);
    }

    // x = a, x = ±a, "x = a or x = b": one symbol and the numbers it may be
    private static (Node Name, List<Node> Values)? ValuesOfOne(Node node)
    {
        Node[] items = node.Kind is NodeKind.List or NodeKind.Group ? node.Items : [node];
        Node? name = null;
        List<Node> values = [];
        foreach (Node item in items)
        {
            if (item is not { Kind: NodeKind.Relation, Name: "=", Items.Length: 2 } || item.Items[0].Kind != NodeKind.Symbol) return null;
            if (name is not null && !name.SameAs(item.Items[0])) return null;
            name = item.Items[0];
            foreach (Node value in Expanded(item.Items[1]))
            {
                if (!value.IsScalar || value.Has(Traits.Variables | Traits.PlusMinus)) return null;
                if (!values.Exists(value.SameAs)) values.Add(value);
            }
        }
        return name is null || values.Count > MostDenominators ? null : (name, values);
    }

    // a sum times the common denominator of its terms
    private static Node Cleared(Node node)
    {
        Node[] terms = node.Kind == NodeKind.Add ? node.Items : [node];
        Dictionary<string, (Node Base, int Power)> common = [];
        foreach (Node term in terms)
            foreach (Node factor in Factors(term))
                if (Denominator(factor) is var (below, power))
                {
                    string key = Form(below);
                    if (!common.TryGetValue(key, out (Node Base, int Power) known) || known.Power < power) common[key] = (below, power);
                    if (common.Count > MostDenominators) return node;
                }
        if (common.Count == 0) return node;
        List<Node> cleared = [];
        foreach (Node term in terms)
        {
            List<Node> factors = [];
            Dictionary<string, int> used = [];
            foreach (Node factor in Factors(term))
                if (Denominator(factor) is var (below, power)) used[Form(below)] = used.GetValueOrDefault(Form(below)) + power;
                else factors.Add(factor);
            foreach ((string key, (Node below, int power)) in common)
                if (power - used.GetValueOrDefault(key) is var rest and not 0) factors.Add(Nodes.Pow(below, Nodes.Number(new BigRational(rest))));
            cleared.Add(Nodes.Mul([Nodes.One, .. factors]));
        }
        return Nodes.Add(cleared);
    }

    private static Node[] Factors(Node term) => term.Kind == NodeKind.Mul ? term.Items : [term];

    private static (Node Below, int Power)? Denominator(Node factor)
        => factor.Kind == NodeKind.Pow && factor.Items[0].Has(Traits.Variables)
            && factor.Items[1] is { IsNumber: true, Value: { IsInteger: true, Sign: < 0 } power }
            && power >= new BigRational(-64)
            ? (factor.Items[0], -(int)power.Numerator)
            : null;

    private static string Form(Node node)
        => node.Items.Length == 0 ? node.Name + node.Value : $"{node.Kind}{node.Name}({string.Join(',', node.Items.Select(Form))})";

    // a is b modulo n where b is a
    private bool SameCongruence(Node g, Node p)
        => Same(g.Items[1].Items[1], p.Items[1].Items[1]) && Same(g.Items[0], p.Items[1].Items[0]) && Same(g.Items[1].Items[0], p.Items[0]);

    // classes of residues: 2 (mod 7) is 9 (mod 7)
    private bool SameResidues(Node g, Node p)
    {
        if (!Same(g.Items[1], p.Items[1])) return false;
        if (Same(g.Items[0], p.Items[0])) return true;
        Node x = g.Items[0], y = p.Items[0], modulus = g.Items[1];
        return x.IsNumber && y.IsNumber && modulus is { IsNumber: true, Value.IsZero: false }
            && ((x.Value - y.Value) / modulus.Value).IsInteger && Decided(VerificationMethod.Structure);
    }
}
