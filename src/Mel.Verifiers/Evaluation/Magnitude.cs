using System.Numerics;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Evaluation;

/// <summary>Binary logarithms of the absolute value of constants too large or too small to write down.</summary>
internal static class Magnitude
{
    /// <summary>The logarithm. It is positive infinity when even the logarithm is too large, and NaN when it cannot be told.</summary>
    public static double Log2(Node node)
    {
        switch (node.Kind)
        {
            case NodeKind.Number:
                return node.Value.IsZero ? double.NegativeInfinity
                    : BigInteger.Log(BigInteger.Abs(node.Value.Numerator), 2) - BigInteger.Log(node.Value.Denominator, 2);
            case NodeKind.Constant: return node.Name switch { "pi" => Math.Log2(Math.PI), "e" => Math.Log2(Math.E), "i" => 0, _ => double.NaN };
            case NodeKind.Mul:
                double product = 0;
                foreach (Node item in node.Items) product += Log2(item);
                return product;
            case NodeKind.Add:
                // one term outweighs the others, or nothing is known
                double largest = double.NegativeInfinity, second = double.NegativeInfinity;
                foreach (Node item in node.Items)
                {
                    double term = Log2(item);
                    if (double.IsNaN(term)) return double.NaN;
                    if (term > largest) (largest, second) = (term, largest);
                    else second = Math.Max(second, term);
                }
                return largest - second > 60 ? largest : double.IsPositiveInfinity(largest) && !double.IsPositiveInfinity(second) ? largest : double.NaN;
            case NodeKind.Pow:
                double logBase = Log2(node.Items[0]), exponent = Value(node.Items[1]);
                return logBase == 0 ? double.NaN : logBase * exponent;
            case NodeKind.Root: return Log2(node.Items[0]) / Value(node.Items[1]);
            case NodeKind.Percent: return Log2(node.Items[0]) - Math.Log2(100);
            case NodeKind.Degree or NodeKind.Quantity: return Log2(node.Items[0]);
            case NodeKind.Function when node.Name == "factorial":
                double n = Value(node.Items[0]);
                return n > 20 ? LogFactorial(n) : double.NaN;
            case NodeKind.Function when node.Name == "binomial":
                double upper = Value(node.Items[0]), lower = Value(node.Items[1]);
                return upper > 20 && lower >= 0 && lower <= upper ? LogFactorial(upper) - LogFactorial(lower) - LogFactorial(upper - lower) : double.NaN;
            default: return double.NaN;
        }
    }

    // Stirling's series; exact enough to tell different answers apart
    private static double LogFactorial(double n)
    {
        if (double.IsPositiveInfinity(n)) return n;
        double x = n + 1;
        return n < 1 ? 0 : ((x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x * x * x)) / Math.Log(2);
    }

    private static double Value(Node node)
    {
        if (node.Kind == NodeKind.Number) return node.Value.ToDouble();
        double log = Log2(node);
        return log > 1000 ? double.PositiveInfinity : IsNegative(node) ? -Math.Pow(2, log) : Math.Pow(2, log);
    }

    private static bool IsNegative(Node node) => node.Kind == NodeKind.Mul && node.Items[0] is { Kind: NodeKind.Number, Value.Sign: < 0 };
}
