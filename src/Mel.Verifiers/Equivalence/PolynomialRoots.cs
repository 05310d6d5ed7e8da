using System.Numerics;
using Mel.Verifiers.Evaluation;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Equivalence;

/// <summary>The real roots of a polynomial with their multiplicities, exactly or not at all.</summary>
internal sealed class PolynomialRoots(ScalarComparer scalars, StepBudget budget)
{
    private const int LargestCoefficient = 1_000_000;
    private const int MostCandidates = 2000;

    /// <summary>The roots of coefficients given lowest power first, in no order; null where they cannot be written down.</summary>
    public List<(Node Root, int Multiplicity)>? Find(Node[] coefficients)
    {
        List<(Node Root, int Multiplicity)> roots = [];
        int zeros = 0;
        while (zeros < coefficients.Length - 1 && scalars.Order(coefficients[zeros], Nodes.Zero) == 0) zeros++;
        if (zeros > 0) roots.Add((Nodes.Zero, zeros));
        Node[] rest = coefficients[zeros..];
        if (rest.Length > 3 && !IsBinomial(rest))
        {
            if (!Array.TrueForAll(rest, static c => c.IsNumber)) return null;
            if (RationalRoots(rest, roots) is not { } left) return null;
            rest = left;
        }
        return Remaining(rest, roots) ? roots : null;
    }

    private bool IsBinomial(Node[] coefficients)
    {
        for (int i = 1; i < coefficients.Length - 1; i++)
            if (scalars.Order(coefficients[i], Nodes.Zero) != 0) return false;
        return true;
    }

    private bool Remaining(Node[] c, List<(Node Root, int Multiplicity)> roots)
    {
        if (c.Length == 1) return true;
        if (c.Length == 2)
        {
            roots.Add((Nodes.Negate(Nodes.Divide(c[0], c[1])), 1));
            return true;
        }
        if (IsBinomial(c))
        {
            // a x^n + b
            int degree = c.Length - 1;
            Node value = Nodes.Negate(Nodes.Divide(c[0], c[degree]));
            if (scalars.Order(value, Nodes.Zero) is not { } sign || sign == 0) return false;
            if (degree % 2 == 0 && sign < 0) return true;
            Node root = Nodes.Root(sign < 0 ? Nodes.Negate(value) : value, Nodes.Number(new BigRational(degree)));
            if (degree % 2 == 0 || sign > 0) roots.Add((root, 1));
            if (degree % 2 == 0 || sign < 0) roots.Add((Nodes.Negate(root), 1));
            return true;
        }
        if (c.Length > 3) return false;
        Node discriminant = Nodes.Add([Nodes.Mul([c[1], c[1]]), Nodes.Mul([Nodes.Number(new BigRational(-4)), c[0], c[2]])]);
        if (scalars.Order(discriminant, Nodes.Zero) is not { } discriminantSign) return false;
        Node half = Nodes.Mul([Nodes.Number(new BigRational(1, 2)), Nodes.Pow(c[2], Nodes.MinusOne)]), minusB = Nodes.Negate(c[1]);
        if (discriminantSign == 0) roots.Add((Nodes.Mul([minusB, half]), 2));
        if (discriminantSign <= 0) return true;
        Node spread = Nodes.Root(discriminant, Nodes.Two);
        roots.Add((Nodes.Mul([Nodes.Add([minusB, Nodes.Negate(spread)]), half]), 1));
        roots.Add((Nodes.Mul([Nodes.Add([minusB, spread]), half]), 1));
        return true;
    }

    // takes out every rational root: p/q with p a divisor of the last coefficient and q one of the first
    private Node[]? RationalRoots(Node[] coefficients, List<(Node Root, int Multiplicity)> roots)
    {
        BigInteger scale = BigInteger.One;
        foreach (Node c in coefficients) scale = scale / BigInteger.GreatestCommonDivisor(scale, c.Value.Denominator) * c.Value.Denominator;
        BigRational[] left = [.. coefficients.Select(c => c.Value * new BigRational(scale))];
        if (left[0].Abs() > new BigRational(LargestCoefficient) || left[^1].Abs() > new BigRational(LargestCoefficient)) return null;
        List<int> tops = Divisors((int)left[0].Abs().Numerator), bottoms = Divisors((int)left[^1].Abs().Numerator);
        if (tops.Count * bottoms.Count > MostCandidates) return null;
        foreach (int bottom in bottoms)
            foreach (int top in tops)
            {
                if (BigInteger.GreatestCommonDivisor(top, bottom) != 1) continue;
                for (int sign = -1; sign <= 1; sign += 2)
                {
                    BigRational candidate = new(sign * top, bottom);
                    int times = 0;
                    while (left.Length > 3 && Divided(left, candidate) is { } quotient)
                    {
                        left = quotient;
                        times++;
                    }
                    if (times > 0) roots.Add((Nodes.Number(candidate), times));
                    if (budget.IsSpent) return null;
                }
            }
        return [.. left.Select(static c => Nodes.Number(c))];
    }

    private BigRational[]? Divided(BigRational[] coefficients, BigRational root)
    {
        if (!budget.Take(coefficients.Length)) return null;
        BigRational[] quotient = new BigRational[coefficients.Length - 1];
        BigRational carry = coefficients[^1];
        for (int i = coefficients.Length - 2; i >= 0; i--)
        {
            quotient[i] = carry;
            carry = coefficients[i] + carry * root;
        }
        return carry.IsZero ? quotient : null;
    }

    private List<int> Divisors(int value)
    {
        List<int> divisors = [];
        for (int d = 1; (long)d * d <= value && budget.Take(); d++)
        {
            if (value % d != 0) continue;
            divisors.Add(d);
            if (d * d != value) divisors.Add(value / d);
        }
        return divisors;
    }
}
