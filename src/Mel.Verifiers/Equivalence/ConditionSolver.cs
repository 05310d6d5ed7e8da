using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>
/// Solves inequalities of one letter over the real line: quotients of polynomials, and moduli of them. It gives the exact set or none.
/// </summary>
internal sealed class ConditionSolver(ScalarComparer scalars, StepBudget budget)
{
    private const int MostModuli = 3;

    private readonly PolynomialRoots _roots = new(scalars, budget);

    /// <summary>The values of a letter for which a relation holds; the relation is one of &lt; &gt; ≤ ≥ ≠.</summary>
    public RealSet? Solve(Node left, char relation, Node right, string letter)
        => left.Has(Traits.Structure | Traits.Infinity | Traits.PlusMinus) || right.Has(Traits.Structure | Traits.Infinity | Traits.PlusMinus)
            ? null
            : ByCases(Nodes.Add([left, Nodes.Negate(right)]), relation, letter, MostModuli);

    // |u| is u where u is not negative, and -u elsewhere
    private RealSet? ByCases(Node difference, char relation, string letter, int moduli)
    {
        if (FirstModulus(difference, letter) is not { } modulus) return Signs(difference, relation, letter);
        if (moduli == 0 || !budget.Take()) return null;
        Node inside = modulus.Items[0];
        return Part(inside, '≥') is { } above && Part(Nodes.Negate(inside), '<') is { } below ? above.Union(below, scalars) : null;

        // the solutions with a value in place of the modulus, where its inside has the sign that allows it
        RealSet? Part(Node value, char sign)
        {
            Node replaced = difference.Rewrite(n => n.SameAs(modulus) ? value : null);
            return ByCases(replaced, relation, letter, moduli - 1) is { } solutions && ByCases(inside, sign, letter, moduli - 1) is { } domain
                ? domain.Intersection(solutions, scalars) : null;
        }
    }

    private static Node? FirstModulus(Node node, string letter)
    {
        if (!NodePolynomial.Mentions(node, letter)) return null;
        foreach (Node item in node.Items)
            if (FirstModulus(item, letter) is { } inner) return inner;
        return node is { Kind: NodeKind.Function, Name: "abs" } ? node : null;
    }

    // the sign of a quotient of polynomials: it changes at the roots of odd multiplicity
    private RealSet? Signs(Node difference, char relation, string letter)
    {
        if (NodePolynomial.From(difference, letter, scalars) is not { } quotient) return null;
        if (scalars.Order(quotient.Numerator[^1], Nodes.Zero) is not { } top
            || scalars.Order(quotient.Denominator[^1], Nodes.Zero) is not { } bottom) return null;
        if (bottom == 0) return null;
        if (_roots.Find(quotient.Denominator) is not { } poles) return null;
        List<(Node Root, int Multiplicity)>? zeros = top == 0 ? [] : _roots.Find(quotient.Numerator);
        if (zeros is null || Breaks(zeros, poles) is not { } breaks) return null;
        // from the right end of the line to the left
        int sign = top * bottom;
        List<RealSet.Segment> segments = [];
        Node high = Nodes.Infinity;
        for (int i = breaks.Count; i >= 0; i--)
        {
            Node low = i > 0 ? breaks[i - 1].At : Nodes.Negate(Nodes.Infinity);
            if (Holds(sign, relation)) segments.Insert(0, new RealSet.Segment(low, false, high, false));
            if (i == 0) break;
            if (!breaks[i - 1].IsPole && Holds(0, relation)) segments.Insert(0, new RealSet.Segment(low, true, low, true));
            if (breaks[i - 1].IsOdd) sign = -sign;
            high = low;
        }
        return RealSet.UnionOf([RealSet.Ascending(segments), RealSet.Empty], scalars);
    }

    private static bool Holds(int sign, char relation) => relation switch
    {
        '<' => sign < 0,
        '>' => sign > 0,
        '≤' => sign <= 0,
        '≥' => sign >= 0,
        '≠' => sign != 0,
        _ => false,
    };

    private readonly record struct Break(Node At, bool IsPole, bool IsOdd);

    // roots and poles in ascending order, each place once
    private List<Break>? Breaks(List<(Node Root, int Multiplicity)> zeros, List<(Node Root, int Multiplicity)> poles)
    {
        List<Break> breaks = [];
        foreach ((Node root, int multiplicity) in zeros)
            if (!Insert(breaks, new Break(root, false, multiplicity % 2 == 1))) return null;
        foreach ((Node root, int multiplicity) in poles)
            if (!Insert(breaks, new Break(root, true, multiplicity % 2 == 1))) return null;
        return breaks;
    }

    private bool Insert(List<Break> breaks, Break next)
    {
        int at = 0;
        for (; at < breaks.Count; at++)
        {
            if (scalars.Order(breaks[at].At, next.At) is not { } order) return false;
            if (order == 0)
            {
                breaks[at] = new Break(next.At, breaks[at].IsPole || next.IsPole, breaks[at].IsOdd ^ next.IsOdd);
                return true;
            }
            if (order > 0) break;
        }
        breaks.Insert(at, next);
        return true;
    }
}
