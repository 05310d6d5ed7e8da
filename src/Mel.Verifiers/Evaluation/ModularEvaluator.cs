using System.Numerics;
using Mel.Verifiers.Numbers;
using Mel.Verifiers.Syntax;

namespace Mel.Verifiers.Evaluation;

/// <summary>
/// Evaluates modulo a prime with variables at random whole numbers. Rational expressions, huge powers and factorials among them, map exactly. Whatever has no
/// image in the field (roots, pi, sines) is replaced by a hash of its name and of the images of its parts: agreement still proves equality, a difference
/// no longer proves anything (<see cref="IsExact"/> is false).
/// </summary>
internal sealed class ModularEvaluator(PrimeField field, int index, StepBudget budget)
{
    private const int LargestFactorial = 20000;

    /// <summary>False once something was hashed.</summary>
    public bool IsExact { get; private set; } = true;

    /// <summary>Set when a division by zero or a spent budget leaves no image at all.</summary>
    public bool Failed { get; private set; }

    public ulong Evaluate(Node node)
    {
        if (Failed || !budget.Take()) return Fail();
        switch (node.Kind)
        {
            case NodeKind.Number or NodeKind.Based: return Image(node.Value);
            case NodeKind.Symbol: return field.Reduce(VariableValue(node.Name));
            case NodeKind.Constant when node.Name == "i": return field.ImaginaryUnit;
            case NodeKind.Add:
                ulong sum = 0;
                foreach (Node item in node.Items) sum = field.Add(sum, Evaluate(item));
                return sum;
            case NodeKind.Mul:
                ulong product = 1;
                foreach (Node item in node.Items) product = field.Multiply(product, Evaluate(item));
                return product;
            case NodeKind.Pow: return Power(node.Items[0], node.Items[1]);
            case NodeKind.Percent: return field.Multiply(Evaluate(node.Items[0]), field.Inverse(100));
            case NodeKind.Degree or NodeKind.Quantity: return Evaluate(node.Items[0]);
            case NodeKind.Function when node.Name == "factorial": return Factorial(node);
            case NodeKind.Function when node.Name == "binomial" && Choose(node) is { } value: return value;
            default: return Hashed(node);
        }
    }

    private ulong Fail()
    {
        Failed = true;
        return 0;
    }

    private ulong Image(BigRational value)
    {
        ulong numerator = field.Reduce(value.Numerator);
        if (value.IsInteger) return numerator;
        ulong denominator = field.Reduce(value.Denominator);
        return denominator == 0 ? Fail() : field.Multiply(numerator, field.Inverse(denominator));
    }

    // Large, so that no exponent is small; all odd at the first point and all even at the second, so that (-x)^n is told from x^n.
    private BigInteger VariableValue(string name)
    {
        ulong value = StableHash.Combine(StableHash.Of(name), (ulong)index + 1000) >> 6;
        return index switch { 0 => value | 1, 1 => value & ~1UL, _ => value };
    }

    private ulong Power(Node @base, Node exponent)
    {
        if (exponent is { Kind: NodeKind.Number, Value.IsInteger: true })
        {
            ulong value = Evaluate(@base);
            BigInteger power = exponent.Value.Numerator;
            if (power.Sign < 0)
            {
                if (value == 0) return Fail();
                value = field.Inverse(value);
                power = -power;
            }
            if (power.IsZero) return value == 0 ? Fail() : 1;
            return value == 0 ? 0 : PrimeField.Power(value, PrimeField.Reduce(power, field.Modulus - 1), field.Modulus);
        }
        // the sign of (-1)^n changes with the parity of n: a few points prove nothing
        if (@base is { Kind: NodeKind.Number, Value.Sign: < 0 } && exponent.Has(Traits.Variables)) return Fail();
        if (@base is { Kind: NodeKind.Constant, Name: "e" }) return Hash("e^", Evaluate(exponent), 0);
        ulong root = Evaluate(@base);
        if (Failed) return 0;
        if (root != 0 && Exponent(exponent, 0) is { } reduced) return PrimeField.Power(root, reduced, field.Modulus);
        return Hash("^", root, Evaluate(exponent));
    }

    // The exponent modulo p - 1, its own exponents modulo phi(p - 1), and so on up a tower (Euler's theorem with the offset that covers common factors).
    private ulong? Exponent(Node node, int level)
    {
        if (level >= field.Totients.Count || !budget.Take()) return null;
        ulong modulus = field.Totients[level];
        switch (node.Kind)
        {
            case NodeKind.Number when node.Value.IsInteger: return PrimeField.Reduce(node.Value.Numerator, modulus);
            case NodeKind.Symbol: return PrimeField.Reduce(VariableValue(node.Name), modulus);
            case NodeKind.Add:
                ulong sum = 0;
                foreach (Node item in node.Items)
                {
                    if (Exponent(item, level) is not { } term) return null;
                    sum = (ulong)(((UInt128)sum + term) % modulus);
                }
                return sum;
            case NodeKind.Mul:
                ulong product = 1 % modulus;
                foreach (Node item in node.Items)
                {
                    if (Exponent(item, level) is not { } factor) return null;
                    product = PrimeField.Multiply(product, factor, modulus);
                }
                return product;
            case NodeKind.Pow:
                if (Exponent(node.Items[0], level) is not { } root) return null;
                Node power = node.Items[1];
                if (power is { Kind: NodeKind.Number, Value.IsInteger: true })
                {
                    if (power.Value.Sign < 0) return null;
                    BigInteger whole = power.Value.Numerator;
                    return whole <= long.MaxValue ? PrimeField.Power(root, (ulong)whole, modulus)
                        : PrimeField.Power(root, Lifted(PrimeField.Reduce(whole, NextTotient(level)), level), modulus);
                }
                if (level + 1 >= field.Totients.Count || power.Has(Traits.Variables) && !IsLarge(power)) return null;
                return Exponent(power, level + 1) is { } reduced ? PrimeField.Power(root, Lifted(reduced, level), modulus) : null;
            default: return null;
        }
    }

    private ulong NextTotient(int level) => level + 1 < field.Totients.Count ? field.Totients[level + 1] : 1;

    // a^E = a^(E mod phi + phi) modulo m for every a once E is at least log2 m
    private ulong Lifted(ulong exponent, int level) => exponent + NextTotient(level);

    private static bool IsLarge(Node node) => node.Kind == NodeKind.Pow || node.Kind == NodeKind.Symbol;

    private ulong Factorial(Node node)
    {
        if (node.Items[0] is not { Kind: NodeKind.Number, Value: { IsInteger: true, Sign: >= 0 } n } || n > new BigRational(LargestFactorial))
            return Hashed(node);
        int last = (int)n.Numerator;
        if (!budget.Take(last / 8)) return Fail();
        ulong product = 1;
        for (int i = 2; i <= last; i++) product = field.Multiply(product, (ulong)i);
        return product;
    }

    private ulong? Choose(Node node)
    {
        if (node.Items[0] is not { Kind: NodeKind.Number, Value: { IsInteger: true, Sign: >= 0 } n }
            || node.Items[1] is not { Kind: NodeKind.Number, Value: { IsInteger: true, Sign: >= 0 } k }) return null;
        if (k > n) return 0;
        if (n - k < k) k = n - k;
        if (k > new BigRational(LargestFactorial) || n.Bits > 1024) return null;
        int last = (int)k.Numerator;
        if (!budget.Take(last / 4)) return Fail();
        ulong top = 1, bottom = 1, start = field.Reduce(n.Numerator - k.Numerator);
        for (int i = 1; i <= last; i++)
        {
            top = field.Multiply(top, field.Add(start, (ulong)i));
            bottom = field.Multiply(bottom, (ulong)i);
        }
        return bottom == 0 ? null : field.Multiply(top, field.Inverse(bottom));
    }

    private ulong Hashed(Node node)
    {
        ulong hash = StableHash.Of(node.Name) + (ulong)node.Kind;
        foreach (Node item in node.Items) hash = StableHash.Combine(hash, Evaluate(item));
        IsExact = false;
        return hash % field.Modulus;
    }

    private ulong Hash(string name, ulong a, ulong b)
    {
        IsExact = false;
        return StableHash.Combine(StableHash.Combine(StableHash.Of(name), a), b) % field.Modulus;
    }
}
