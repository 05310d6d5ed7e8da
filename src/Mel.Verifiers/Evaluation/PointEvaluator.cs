using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Evaluation;

/// <summary>Evaluates a scalar expression at a sample point.</summary>
/// <typeparam name="T">A complex number.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class PointEvaluator<T, TArithmetic>(SamplePoint point, bool naturalLog, StepBudget budget)
    where TArithmetic : struct, IArithmetic<T>
{
    private const int LargestSum = 2000;
    private const int LargestFactorial = 5000;

    /// <summary>The largest leading bit of any term of a sum: what cancellation noise is measured against.</summary>
    public long LargestScale { get; private set; } = long.MinValue / 4;

    /// <summary>Whether a root or a logarithm without a real value leaves the expression without one: sqrt(a) sqrt(b) at negative a and b.</summary>
    public bool RealOnly { get; init; }

    public T Evaluate(Node node)
    {
        if (!budget.Take(TArithmetic.Cost)) return TArithmetic.Undefined;
        switch (node.Kind)
        {
            case NodeKind.Number or NodeKind.Based: return TArithmetic.FromRational(node.Value);
            case NodeKind.Symbol: return TArithmetic.FromRational(point[node.Name]);
            case NodeKind.Constant: return node.Name switch
            {
                "pi" => TArithmetic.Pi,
                "e" => TArithmetic.E,
                "i" => TArithmetic.ImaginaryUnit,
                _ => TArithmetic.Undefined,
            };
            case NodeKind.Add: return Sum(node);
            case NodeKind.Mul:
                T product = Evaluate(node.Items[0]);
                for (int i = 1; i < node.Items.Length; i++) product = TArithmetic.Multiply(product, Evaluate(node.Items[i]));
                return product;
            case NodeKind.Pow: return Real(Power(node));
            case NodeKind.Root: return Real(TArithmetic.Root(Evaluate(node.Items[0]), Evaluate(node.Items[1])));
            case NodeKind.Percent: return TArithmetic.Divide(Evaluate(node.Items[0]), TArithmetic.FromRational(new BigRational(100)));
            case NodeKind.Degree or NodeKind.Quantity: return Evaluate(node.Items[0]);
            case NodeKind.Function: return Real(Function(node));
            case NodeKind.Apply: return StandIn(node.Name, node.Items);
            case NodeKind.BigOperator: return BigOperator(node);
            default: return TArithmetic.Undefined;
        }
    }

    /// <summary>Whether a part of the expression is too small beside another to show in the value: agreement then proves nothing.</summary>
    public bool HasAbsorbed { get; private set; }

    private T Sum(Node node)
    {
        T sum = Evaluate(node.Items[0]);
        long largest = TArithmetic.Scale(sum), smallest = largest;
        Note(sum);
        for (int i = 1; i < node.Items.Length; i++)
        {
            T term = Evaluate(node.Items[i]);
            Note(term);
            long scale = TArithmetic.Scale(term);
            if (scale > long.MinValue / 4) (largest, smallest) = (Math.Max(largest, scale), smallest > long.MinValue / 4 ? Math.Min(smallest, scale) : scale);
            sum = TArithmetic.Add(sum, term);
        }
        HasAbsorbed |= smallest > long.MinValue / 4 && largest - smallest > TArithmetic.ReliableBits;
        // what is left of terms that cancel is rounding, not a small value
        return TArithmetic.IsFinite(sum) && TArithmetic.Scale(sum) < largest - TArithmetic.ReliableBits ? TArithmetic.FromRational(BigRational.Zero) : sum;
    }

    private T Real(T value) => RealOnly && !TArithmetic.IsReal(value) ? TArithmetic.Undefined : value;

    private void Note(T value)
    {
        if (TArithmetic.IsFinite(value)) LargestScale = Math.Max(LargestScale, TArithmetic.Scale(value));
    }

    private T Power(Node node)
    {
        if (node.Items[1] is { Kind: NodeKind.Number, Value.IsInteger: true } && node.Items[1].Value == new BigRational(-1))
            return TArithmetic.Divide(TArithmetic.FromRational(BigRational.One), Evaluate(node.Items[0]));
        return TArithmetic.Power(Evaluate(node.Items[0]), Evaluate(node.Items[1]));
    }

    private T Function(Node node)
    {
        T a = Evaluate(node.Items[0]);
        switch (node.Name)
        {
            case "log":
                T logarithm = TArithmetic.Function("ln", a);
                if (node.Items.Length == 1 && naturalLog) return logarithm;
                T @base = node.Items.Length == 1 ? TArithmetic.FromRational(new BigRational(10)) : Evaluate(node.Items[1]);
                return TArithmetic.Divide(logarithm, TArithmetic.Function("ln", @base));
            case "max" or "min":
                T best = a;
                for (int i = 1; i < node.Items.Length; i++)
                {
                    T next = Evaluate(node.Items[i]);
                    if (!TArithmetic.IsReal(next) || !TArithmetic.IsReal(best)) return TArithmetic.Undefined;
                    if (TArithmetic.Compare(next, best) > 0 == (node.Name == "max")) best = next;
                }
                return best;
            case "mod":
                T m = Evaluate(node.Items[1]);
                T quotient = TArithmetic.Function("floor", TArithmetic.Divide(a, m));
                return TArithmetic.Add(a, TArithmetic.Multiply(TArithmetic.FromRational(new BigRational(-1)), TArithmetic.Multiply(m, quotient)));
            case "factorial" or "doublefactorial": return Factorial(a, node.Name == "factorial" ? 1 : 2);
            case "binomial": return Binomial(a, Evaluate(node.Items[1]));
            case "gcd" or "lcm":
                Node[] values = new Node[node.Items.Length];
                for (int i = 0; i < values.Length; i++)
                {
                    if (TArithmetic.ToInteger(i == 0 ? a : Evaluate(node.Items[i])) is not { } whole) return TArithmetic.Undefined;
                    values[i] = Nodes.Number(new BigRational(whole));
                }
                return IntegerFunctions.Fold(node.Name, values) is { } folded ? TArithmetic.FromRational(folded.Value) : TArithmetic.Undefined;
            default:
                T value = TArithmetic.Function(node.Name, a);
                // the rounding of an angle shows in its sine, however small that is
                if (node.Name is "sin" or "cos" or "tan" or "cot" && TArithmetic.IsFinite(a)) LargestScale = Math.Max(LargestScale, TArithmetic.Scale(a));
                HasAbsorbed |= Saturates(node.Name) && TArithmetic.Scale(a) > TArithmetic.SaturationScale;
                _ = budget.Take(8 * TArithmetic.Cost);
                return value;
        }
    }

    // far from zero these differ from a constant or from an exponential by less than the precision shows
    private static bool Saturates(string name) => name is "tanh" or "coth" or "sinh" or "cosh";

    // x (x - step) (x - 2 step) ..., of a whole number; with step 1 also of halves, down to the root of pi
    private T Factorial(T x, int step)
    {
        T one = TArithmetic.FromRational(BigRational.One);
        if (TArithmetic.ToInteger(x) is not { } n)
        {
            BigRational half = new(1, 2);
            T shifted = TArithmetic.Add(x, TArithmetic.FromRational(half));
            if (step != 1 || TArithmetic.ToInteger(shifted) is not { } whole || whole is < 0 or > LargestFactorial) return TArithmetic.Undefined;
            T root = TArithmetic.Root(TArithmetic.Pi, TArithmetic.FromRational(new BigRational(2)));
            for (long i = 1; i <= whole; i++)
            {
                if (!budget.Take(TArithmetic.Cost)) return TArithmetic.Undefined;
                root = TArithmetic.Multiply(root, TArithmetic.FromRational(new BigRational(2 * i - 1, 2)));
            }
            return root;
        }
        if (n is < 0 or > LargestFactorial) return n == -1 && step == 2 ? one : TArithmetic.Undefined;
        T product = one;
        for (long i = n; i > 1; i -= step)
        {
            if (!budget.Take(TArithmetic.Cost)) return TArithmetic.Undefined;
            product = TArithmetic.Multiply(product, TArithmetic.FromRational(new BigRational(i)));
        }
        return product;
    }

    private T Binomial(T n, T k)
    {
        if (TArithmetic.ToInteger(k) is not { } lower || lower is < 0 or > LargestFactorial) return TArithmetic.Undefined;
        if (TArithmetic.ToInteger(n) is { } upper and >= 0)
        {
            if (lower > upper) return TArithmetic.FromRational(BigRational.Zero);
            lower = Math.Min(lower, upper - lower);
        }
        T result = TArithmetic.FromRational(BigRational.One);
        for (int i = 0; i < lower; i++)
        {
            if (!budget.Take(TArithmetic.Cost)) return TArithmetic.Undefined;
            result = TArithmetic.Multiply(result, TArithmetic.Divide(TArithmetic.Add(n, TArithmetic.FromRational(new BigRational(-i))),
                TArithmetic.FromRational(new BigRational(i + 1))));
        }
        return result;
    }

    // A finite sum or product is computed. Anything else stands for an unknown function of its bounds and of its body at two values of the bound variable.
    private T BigOperator(Node node)
    {
        int colon = node.Name.IndexOf(':', StringComparison.Ordinal);
        string operation = node.Name[..colon], variable = node.Name[(colon + 1)..];
        T lower = Evaluate(node.Items[0]), upper = Evaluate(node.Items[1]);
        if (operation is "sum" or "prod" && variable.Length > 0
            && TArithmetic.ToInteger(lower) is { } from && TArithmetic.ToInteger(upper) is { } to)
        {
            if ((decimal)to - from >= LargestSum) return TArithmetic.Undefined;
            bool sum = operation == "sum";
            T total = TArithmetic.FromRational(sum ? BigRational.Zero : BigRational.One);
            for (long k = from; k <= to; k++)
            {
                if (!budget.Take(TArithmetic.Cost)) return TArithmetic.Undefined;
                T term = At(node.Items[2], variable, new BigRational(k));
                if (sum) Note(term);
                total = sum ? TArithmetic.Add(total, term) : TArithmetic.Multiply(total, term);
            }
            return total;
        }
        T[] arguments = [lower, upper, At(node.Items[2], variable, new BigRational(17, 11)), At(node.Items[2], variable, new BigRational(29, 13))];
        return StandIn(operation == "diff" ? node.Name : operation, arguments);
    }

    private T At(Node body, string variable, BigRational value)
    {
        BigRational? before = point.Bind(variable, value);
        T result = Evaluate(body);
        point.Restore(variable, before);
        return result;
    }

    private T StandIn(string name, Node[] items)
    {
        T[] arguments = new T[items.Length];
        for (int i = 0; i < items.Length; i++) arguments[i] = Evaluate(items[i]);
        return StandIn(name, arguments);
    }

    // An unknown function is replaced by a cubic polynomial of its name: equal arguments give equal values, and chance agreement is excluded at several points.
    private static T StandIn(string name, T[] arguments)
    {
        ulong hash = StableHash.Of(name);
        T result = TArithmetic.FromRational(Coefficient(ref hash));
        foreach (T x in arguments)
        {
            T value = TArithmetic.FromRational(Coefficient(ref hash));
            for (int power = 0; power < 2; power++)
                value = TArithmetic.Add(TArithmetic.Multiply(value, x), TArithmetic.FromRational(Coefficient(ref hash)));
            result = TArithmetic.Add(result, TArithmetic.Multiply(value, x));
        }
        return result;
    }

    private static BigRational Coefficient(ref ulong hash)
    {
        hash = StableHash.Mix(hash + 0x9E3779B97F4A7C15);
        return new BigRational(1 + (int)(hash % 997));
    }
}
