using System.Numerics;

namespace Mel.Verifiers.Tests.Oracle;

/// <summary>
/// An expression of the oracle: a head and its parts. Heads are "#" for a number, a name for a letter or constant, an operator, or the name of a function.
/// </summary>
internal sealed class Expression(string head, Fraction value, params Expression[] parts)
{
    public string Head { get; } = head;

    public Fraction Value { get; } = value;

    public IReadOnlyList<Expression> Parts { get; } = parts;

    public bool IsNumber => Head == "#";

    public static Expression Of(string head, params Expression[] parts) => new(head, 0, parts);

    public static Expression Number(Fraction value) => new("#", value);

    public static implicit operator Expression(int value) => Number(value);

    public static implicit operator Expression(Fraction value) => Number(value);

    public static implicit operator Expression(string letter) => Of(letter);

    public static Expression operator +(Expression a, Expression b) => Of("+", a, b);

    public static Expression operator -(Expression a, Expression b) => Of("-", a, b);

    public static Expression operator -(Expression a) => Of("neg", a);

    public static Expression operator *(Expression a, Expression b) => Of("*", a, b);

    public static Expression operator /(Expression a, Expression b) => Of("/", a, b);

    public static Expression operator ^(Expression a, Expression b) => Of("^", a, b);

    /// <summary>This expression and all below it.</summary>
    public IEnumerable<Expression> All() => Parts.SelectMany(static p => p.All()).Prepend(this);

    /// <summary>The expression with one node, told by reference, replaced.</summary>
    public Expression With(Expression target, Expression replacement)
    {
        if (ReferenceEquals(this, target)) return replacement;
        return Parts.Count == 0 ? this : new(Head, Value, [.. Parts.Select(p => p.With(target, replacement))]);
    }

    /// <summary>The names of the variables, without the constants e, i and pi.</summary>
    public IEnumerable<string> Letters()
        => All().Where(static e => e.Parts.Count == 0 && !e.IsNumber && e.Head is not ("pi" or "e" or "i")).Select(static e => e.Head).Distinct().Order();

    /// <summary>The exact value at a point, or null where it is undefined or not a fraction.</summary>
    public Fraction? At(IReadOnlyDictionary<string, Fraction> point)
    {
        if (IsNumber) return Value;
        if (Parts.Count == 0) return point.TryGetValue(Head, out Fraction letter) ? letter : null;
        Fraction[] v = new Fraction[Parts.Count];
        for (int i = 0; i < v.Length; i++)
        {
            if (Parts[i].At(point) is not { } part) return null;
            v[i] = part;
        }
        return Head switch
        {
            "+" => v[0] + v[1],
            "-" => v[0] - v[1],
            "neg" => -v[0],
            "*" => v[0] * v[1],
            "/" => v[1].Sign == 0 ? null : v[0] / v[1],
            "^" => IntegerOracle.Power(v[0], v[1]),
            "abs" => v[0].Sign < 0 ? -v[0] : v[0],
            "max" => v[0] > v[1] ? v[0] : v[1],
            "min" => v[0] < v[1] ? v[0] : v[1],
            "floor" => v[0].Floor(),
            "ceil" => -(-v[0]).Floor(),
            _ => Array.TrueForAll(v, static f => f.IsWhole) ? IntegerOracle.Function(Head, v[0].Top, v.Length > 1 ? v[1].Top : BigInteger.Zero) : null,
        };
    }
}
