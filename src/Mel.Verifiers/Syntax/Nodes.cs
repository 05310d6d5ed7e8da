using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Units;

namespace Mel.Verifiers.Syntax;

/// <summary>Builds nodes and folds exact rational arithmetic, as long as no result needs more than <see cref="MaxBits"/> bits.</summary>
internal static class Nodes
{
    /// <summary>Size above which a power, a product or a factorial stays a node: it is then compared modulo primes and by magnitude.</summary>
    public const int MaxBits = 2048;

    private static readonly Node[] None = [];

    public static readonly Node Zero = Number(BigRational.Zero);
    public static readonly Node One = Number(BigRational.One);
    public static readonly Node MinusOne = Number(new BigRational(-1));
    public static readonly Node Two = Number(new BigRational(2));
    public static readonly Node Pi = new(NodeKind.Constant, None, "pi", default, Traits.Irrational);
    public static readonly Node E = new(NodeKind.Constant, None, "e", default, Traits.Irrational);
    public static readonly Node I = new(NodeKind.Constant, None, "i", default, Traits.Imaginary);
    public static readonly Node Infinity = new(NodeKind.Constant, None, "inf", default, Traits.Infinity);
    public static readonly Node EmptySet = new(NodeKind.EmptySet, None, "", default, Traits.Structure);
    public static readonly Node Ellipsis = new(NodeKind.Ellipsis, None, "", default, Traits.Structure);

    private static readonly Node DegreesToRadians = Mul([Pi, Number(new BigRational(1, 180))]);

    public static Node Number(BigRational value, int decimals = -1)
        => new(NodeKind.Number, None, "", value, decimals >= 0 ? Traits.Decimal : Traits.None, decimals);

    public static Node Symbol(string name) => new(NodeKind.Symbol, None, name, default, Traits.Variables);

    public static Node Text(string text) => new(NodeKind.Text, None, text, default, Traits.Structure);

    public static Node Structure(NodeKind kind, Node[] items, string name = "") => new(kind, items, name, default, Traits.Structure);

    public static Node Relation(Node[] items, string operators) => new(NodeKind.Relation, items, operators, default, Traits.Structure);

    public static Node Matrix(Node[] entries, int columns) => new(NodeKind.Matrix, entries, "", new BigRational(columns), Traits.Structure);

    /// <summary>A number in another base: <paramref name="name"/> keeps the digits.</summary>
    public static Node Based(BigRational value, string name, int radix)
        => new(NodeKind.Based, [Number(value), Number(new BigRational(radix))], name, value, Traits.None);

    public static Node Quantity(Node value, Unit unit) => new(NodeKind.Quantity, [value], unit.Key, default, Traits.Unit) { Unit = unit };

    public static Node PlusMinus(Node value, bool minusFirst) => new(NodeKind.PlusMinus, [value], minusFirst ? "-" : "+", default, Traits.PlusMinus);

    public static Node Percent(Node value) => new(NodeKind.Percent, [value], "", default, Traits.Percent);

    public static Node Degree(Node value) => new(NodeKind.Degree, [value], "", default, Traits.Degree);

    /// <summary>
    /// A sum, a product or an integral. The items are lower bound, upper bound and body. The name holds the operator and the bound variable: "sum:k".
    /// </summary>
    public static Node BigOperator(string name, Node[] items)
    {
        bool discrete = name.StartsWith("sum", StringComparison.Ordinal) || name.StartsWith("prod", StringComparison.Ordinal);
        return new Node(NodeKind.BigOperator, items, name, default, discrete ? Traits.Discrete | Traits.Opaque : Traits.Opaque);
    }

    public static Node Apply(string function, Node[] arguments) => new(NodeKind.Apply, arguments, function, default, Traits.Opaque | Traits.Variables);

    public static Node Negate(Node a) => a.Kind == NodeKind.Number ? Number(-a.Value, a.Decimals) : Mul([MinusOne, a]);

    public static Node Add(IReadOnlyList<Node> terms)
    {
        if (terms.Count == 1) return terms[0];
        BigRational sum = default;
        bool isDecimal = false;
        List<Node> rest = new(terms.Count);
        foreach (Node term in terms)
        {
            if (term.Kind == NodeKind.Number && sum.Bits + term.Value.Bits <= MaxBits)
            {
                sum += term.Value;
                isDecimal |= term.Decimals >= 0;
            }
            else if (term.Kind == NodeKind.Add) rest.AddRange(term.Items);
            else rest.Add(term);
        }
        if (rest.Count == 0) return WithDecimal(sum, isDecimal);
        if (!sum.IsZero) rest.Add(WithDecimal(sum, isDecimal));
        return rest.Count == 1 ? rest[0] : new Node(NodeKind.Add, [.. rest], "", default, Traits.None);
    }

    public static Node Mul(IReadOnlyList<Node> factors)
    {
        if (factors.Count == 1) return factors[0];
        BigRational product = BigRational.One;
        bool isDecimal = false;
        List<Node> rest = new(factors.Count);
        foreach (Node factor in factors)
        {
            if (factor.Kind == NodeKind.Number && product.Bits + factor.Value.Bits <= MaxBits)
            {
                product *= factor.Value;
                isDecimal |= factor.Decimals >= 0;
            }
            else if (factor.Kind == NodeKind.Mul) rest.AddRange(factor.Items);
            else rest.Add(factor);
        }
        if (rest.Count == 0) return WithDecimal(product, isDecimal);
        if (!product.IsOne) rest.Insert(0, WithDecimal(product, isDecimal));
        return rest.Count == 1 ? rest[0] : new Node(NodeKind.Mul, [.. rest], "", default, Traits.None);
    }

    /// <summary>The quotient; a division by the number zero stays a node and has no value.</summary>
    public static Node Divide(Node a, Node b) => Mul([a, Pow(b, MinusOne)]);

    public static Node Pow(Node @base, Node exponent)
    {
        if (exponent.Kind == NodeKind.Number && exponent.Value.IsInteger)
        {
            if (exponent.Value.IsOne) return @base;
            if (@base.Kind == NodeKind.Number && exponent.Value.Abs() <= new BigRational(MaxBits) && !(@base.Value.IsZero && exponent.Value.Sign <= 0))
            {
                int power = (int)exponent.Value.Numerator;
                long bits = @base.Value.IsZero || @base.Value.Abs().IsOne ? 1 : BitsOfPower(@base.Value, Math.Abs(power));
                if (bits <= MaxBits) return WithDecimal(@base.Value.Pow(power), @base.Decimals >= 0);
            }
        }
        Traits own = exponent.Kind == NodeKind.Number && exponent.Value.IsInteger ? Traits.None
            : exponent.Has(Traits.Variables | Traits.Discrete | Traits.Opaque) && !exponent.Has(Traits.Irrational) || IsIntegerTower(exponent) ? Traits.None
            : Traits.Irrational;
        if (@base is { Kind: NodeKind.Number, Value.Sign: < 0 } && exponent.Has(Traits.Variables)) own |= Traits.Discrete;
        return new Node(NodeKind.Pow, [@base, exponent], "", default, own);
    }

    public static Node Root(Node radicand, Node degree)
    {
        if (radicand.Kind == NodeKind.Number && degree.Kind == NodeKind.Number && degree.Value.IsInteger
            && degree.Value > BigRational.One && degree.Value <= new BigRational(64) && radicand.Value.Bits <= 512)
        {
            int n = (int)degree.Value.Numerator;
            BigRational magnitude = radicand.Value.Abs();
            if ((radicand.Value.Sign >= 0 || n % 2 == 1)
                && ExactRoot(magnitude.Numerator, n) is { } top && ExactRoot(magnitude.Denominator, n) is { } bottom)
                return WithDecimal(new BigRational(radicand.Value.Sign < 0 ? -top : top, bottom), radicand.Decimals >= 0);
        }
        return new Node(NodeKind.Root, [radicand, degree], "", default, Traits.Irrational);
    }

    public static Node Function(string name, Node[] arguments)
    {
        Traits own = Traits.Irrational;
        switch (name)
        {
            case "sin" or "cos" or "tan" or "cot" or "sec" or "csc":
                if (arguments[0].Has(Traits.Degree)) arguments = [Mul([WithoutDegrees(arguments[0]), DegreesToRadians])];
                break;
            case "log" when arguments.Length == 1:
                own |= Traits.BareLog;
                break;
            case "abs" or "floor" or "ceil" or "gcd" or "lcm" or "max" or "min" or "mod" or "factorial" or "doublefactorial" or "binomial"
                or "re" or "im" or "conj" or "fallingfactorial":
                if (IntegerFunctions.Fold(name, arguments) is { } folded) return folded;
                own = name switch
                {
                    "floor" or "ceil" or "mod" => Traits.Discrete | Traits.Rounding,
                    "gcd" or "lcm" or "factorial" or "doublefactorial" or "binomial" or "fallingfactorial" => Traits.Discrete,
                    _ => Traits.Irrational,
                };
                break;
        }
        return new Node(NodeKind.Function, arguments, name, default, own);
    }

    /// <summary>A node of the same kind and name over other items, folded again.</summary>
    public static Node Like(Node node, Node[] items) => node.Kind switch
    {
        NodeKind.Add => Add(items),
        NodeKind.Mul => Mul(items),
        NodeKind.Pow => Pow(items[0], items[1]),
        NodeKind.Root => Root(items[0], items[1]),
        NodeKind.Function => Function(node.Name, items),
        NodeKind.Percent => Percent(items[0]),
        NodeKind.Degree => Degree(items[0]),
        NodeKind.PlusMinus => PlusMinus(items[0], node.Name == "-"),
        NodeKind.Quantity => Quantity(items[0], node.Unit!),
        NodeKind.BigOperator => BigOperator(node.Name, items),
        NodeKind.Apply => Apply(node.Name, items),
        NodeKind.Matrix => Matrix(items, (int)node.Value.Numerator),
        _ => Structure(node.Kind, items, node.Name),
    };

    private static Node WithDecimal(BigRational value, bool isDecimal)
        => new(NodeKind.Number, None, "", value, isDecimal ? Traits.Decimal : Traits.None);

    // powers of integers and their products: a tower such as 9^{9^9} keeps an exponent that is an integer, though nobody can write it down
    private static bool IsIntegerTower(Node node) => node.Kind switch
    {
        NodeKind.Number => node.Value.IsInteger,
        NodeKind.Pow => IsIntegerTower(node.Items[0]) && IsIntegerTower(node.Items[1]) && node.Items[1] is not { Kind: NodeKind.Number, Value.Sign: < 0 },
        NodeKind.Add or NodeKind.Mul => Array.TrueForAll(node.Items, IsIntegerTower),
        NodeKind.Function => node.Name is "factorial" or "doublefactorial" or "binomial",
        _ => false,
    };

    private static Node WithoutDegrees(Node node) => node.Rewrite(static n => n.Kind == NodeKind.Degree ? n.Items[0] : null);

    private static long BitsOfPower(BigRational value, int power)
        => (long)((BigInteger.Abs(value.Numerator).GetBitLength() + value.Denominator.GetBitLength()) * (double)power);

    private static BigInteger? ExactRoot(BigInteger value, int n)
    {
        if (value.IsZero || value.IsOne) return value;
        BigInteger guess = BigInteger.One << (int)((value.GetBitLength() + n - 1) / n);
        while (true)
        {
            BigInteger next = ((n - 1) * guess + value / BigInteger.Pow(guess, n - 1)) / n;
            if (next >= guess) break;
            guess = next;
        }
        return BigInteger.Pow(guess, n) == value ? guess : null;
    }
}
