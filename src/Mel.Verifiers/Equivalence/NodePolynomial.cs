using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>
/// A quotient of two polynomials in one letter. Coefficients are real constants, lowest power first; the last one is not zero unless it is the only one.
/// </summary>
internal sealed class NodePolynomial
{
    private const int HighestDegree = 12;

    private NodePolynomial(Node[] numerator, Node[] denominator)
    {
        Numerator = numerator;
        Denominator = denominator;
    }

    public Node[] Numerator { get; }

    public Node[] Denominator { get; }

    /// <summary>The quotient an expression is, or null where it is none of a small degree.</summary>
    public static NodePolynomial? From(Node node, string letter, ScalarComparer scalars)
    {
        if (!Mentions(node, letter)) return node.Has(Traits.Variables | Traits.Structure | Traits.Infinity) ? null : new NodePolynomial([node], [Nodes.One]);
        switch (node.Kind)
        {
            case NodeKind.Symbol: return new NodePolynomial([Nodes.Zero, Nodes.One], [Nodes.One]);
            case NodeKind.Add: return Fold(node, letter, scalars, static (a, b, s) => Sum(a, b, s));
            case NodeKind.Mul: return Fold(node, letter, scalars, static (a, b, s) => Product(a, b, s));
            case NodeKind.Pow when node.Items[1] is { IsNumber: true, Value.IsInteger: true } exponent
                && exponent.Value.Abs() <= new BigRational(HighestDegree):
                int power = (int)exponent.Value.Numerator;
                if (From(node.Items[0], letter, scalars) is not { } root) return null;
                if (power < 0) root = new NodePolynomial(root.Denominator, root.Numerator);
                NodePolynomial? result = root;
                for (int i = 1; i < Math.Abs(power) && result is not null; i++) result = Product(result, root, scalars);
                return power == 0 ? null : result;
            default: return null;
        }
    }

    public static bool Mentions(Node node, string letter)
        => node.Has(Traits.Variables) && (node.Kind == NodeKind.Symbol ? node.Name == letter : Array.Exists(node.Items, i => Mentions(i, letter)));

    private static NodePolynomial? Fold(
        Node node, string letter, ScalarComparer scalars, Func<NodePolynomial, NodePolynomial, ScalarComparer, NodePolynomial?> combine)
    {
        NodePolynomial? result = From(node.Items[0], letter, scalars);
        for (int i = 1; i < node.Items.Length && result is not null; i++)
            result = From(node.Items[i], letter, scalars) is { } next ? combine(result, next, scalars) : null;
        return result;
    }

    private static NodePolynomial? Sum(NodePolynomial a, NodePolynomial b, ScalarComparer scalars)
    {
        if (IsOne(a.Denominator) && IsOne(b.Denominator))
            return Added(a.Numerator, b.Numerator, scalars) is { } sum ? new NodePolynomial(sum, a.Denominator) : null;
        return Multiplied(a.Numerator, b.Denominator, scalars) is { } left && Multiplied(b.Numerator, a.Denominator, scalars) is { } right
            && Added(left, right, scalars) is { } top && Multiplied(a.Denominator, b.Denominator, scalars) is { } bottom
            ? new NodePolynomial(top, bottom) : null;
    }

    private static NodePolynomial? Product(NodePolynomial a, NodePolynomial b, ScalarComparer scalars)
        => Multiplied(a.Numerator, b.Numerator, scalars) is { } top && Multiplied(a.Denominator, b.Denominator, scalars) is { } bottom
            ? new NodePolynomial(top, bottom) : null;

    private static bool IsOne(Node[] coefficients) => coefficients is [{ IsNumber: true, Value.IsOne: true }];

    private static Node[]? Added(Node[] a, Node[] b, ScalarComparer scalars)
    {
        Node[] sum = new Node[Math.Max(a.Length, b.Length)];
        for (int i = 0; i < sum.Length; i++) sum[i] = i >= a.Length ? b[i] : i >= b.Length ? a[i] : Nodes.Add([a[i], b[i]]);
        return Trimmed(sum, scalars);
    }

    private static Node[]? Multiplied(Node[] a, Node[] b, ScalarComparer scalars)
    {
        if (a.Length + b.Length > HighestDegree + 2) return null;
        List<Node>[] terms = new List<Node>[a.Length + b.Length - 1];
        for (int i = 0; i < terms.Length; i++) terms[i] = [];
        for (int i = 0; i < a.Length; i++)
            for (int k = 0; k < b.Length; k++) terms[i + k].Add(Nodes.Mul([a[i], b[k]]));
        return Trimmed([.. terms.Select(Nodes.Add)], scalars);
    }

    // without leading coefficients that are zero; null where that cannot be told
    private static Node[]? Trimmed(Node[] coefficients, ScalarComparer scalars)
    {
        int length = coefficients.Length;
        for (; length > 1; length--)
        {
            if (scalars.Order(coefficients[length - 1], Nodes.Zero) is not { } sign) return null;
            if (sign != 0) break;
        }
        return Array.TrueForAll(coefficients, static c => c.Size < 200) ? coefficients[..length] : null;
    }
}
