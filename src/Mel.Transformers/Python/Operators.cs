using System.Numerics;
using System.Runtime.CompilerServices;

namespace Mel.Transformers.Python;

/// <summary>Python's operators.</summary>
internal static class Operators
{
    /// <summary>A whole number that an argument has to be.</summary>
    public static BigInteger Whole(Value value) => value switch
    {
        NumberValue { AsInteger: { } whole } => whole,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw new PythonException($"'{value.TypeName}' object cannot be interpreted as an integer"),
    };

    /// <summary>A whole number that an argument has to be, within what a count can be.</summary>
    public static int Small(Value value) => (int)BigInteger.Max(-int.MaxValue, BigInteger.Min(int.MaxValue, Whole(value)));

    public static Value Add(Value left, Value right, Budget budget)
    {
        Require(left, right);
        switch (left, right)
        {
            case (NumberValue { AsInteger: { } a }, NumberValue { AsInteger: { } b }):
                return IntValue.Of(a + b);
            case (NumberValue a, NumberValue b):
                return new FloatValue(a.AsDouble + b.AsDouble);
            case (TextValue a, TextValue b):
                if (a.IsSafe || b.IsSafe) (a, b) = (TextValue.Escaped(a, budget), TextValue.Escaped(b, budget));
                budget.ChargeText((long)a.Text.Length + b.Text.Length);
                return a.With(a.Text + b.Text);
            case (SequenceValue a, SequenceValue b) when a.TypeName == b.TypeName:
                budget.Charge(4 * ((long)a.Values.Count + b.Values.Count));
                return a.With([.. a.Values, .. b.Values]);
            default:
                throw Unsupported("+", left, right);
        }
    }

    public static Value Subtract(Value left, Value right, Budget budget)
    {
        Require(left, right);
        if (left is ViewValue { TypeName: "dict_keys" or "dict_items" } view) return new ListValue([.. view.Items.Except(right.ToList(budget))]);
        return (left, right) switch
        {
            (NumberValue { AsInteger: { } a }, NumberValue { AsInteger: { } b }) => IntValue.Of(a - b),
            (NumberValue a, NumberValue b) => new FloatValue(a.AsDouble - b.AsDouble),
            _ => throw Unsupported("-", left, right),
        };
    }

    public static Value Multiply(Value left, Value right, Budget budget)
    {
        Require(left, right);
        switch (left, right)
        {
            case (NumberValue { AsInteger: { } a }, NumberValue { AsInteger: { } b }):
                budget.Charge((a.GetByteCount() * (long)b.GetByteCount()) / 64);
                return IntValue.Of(a * b);
            case (NumberValue a, NumberValue b):
                return new FloatValue(a.AsDouble * b.AsDouble);
            case (TextValue or SequenceValue, NumberValue { AsInteger: { } times }):
                return Repeat(left, times, budget);
            case (NumberValue { AsInteger: { } times }, TextValue or SequenceValue):
                return Repeat(right, times, budget);
            default:
                throw Unsupported("*", left, right);
        }
    }

    public static Value Divide(Value left, Value right)
    {
        Require(left, right);
        if (left is not NumberValue a || right is not NumberValue b) throw Unsupported("/", left, right);
        if (!b.IsTrue) throw new PythonException("division by zero");
        if (a.AsInteger is { } x && b.AsInteger is { } y && (x.GetBitLength() > 53 || y.GetBitLength() > 53)) return new FloatValue(Quotient(x, y));
        return new FloatValue(a.AsDouble / b.AsDouble);
    }

    public static Value FloorDivide(Value left, Value right)
    {
        Require(left, right);
        if (left is not NumberValue a || right is not NumberValue b) throw Unsupported("//", left, right);
        if (!b.IsTrue) throw new PythonException("integer division or modulo by zero");
        return a.AsInteger is { } x && b.AsInteger is { } y ? IntValue.Of(Floor(x, y)) : new FloatValue(FloorMod(a.AsDouble, b.AsDouble).Quotient);
    }

    public static Value Modulo(Value left, Value right, Budget budget)
    {
        if (left is TextValue format) return PercentFormat.Apply(format, right, budget);
        Require(left, right);
        if (left is not NumberValue a || right is not NumberValue b) throw Unsupported("%", left, right);
        if (!b.IsTrue) throw new PythonException("integer division or modulo by zero");
        return a.AsInteger is { } x && b.AsInteger is { } y ? IntValue.Of(x - (Floor(x, y) * y)) : new FloatValue(FloorMod(a.AsDouble, b.AsDouble).Left);
    }

    public static Value Power(Value left, Value right, Budget budget)
    {
        Require(left, right);
        if (left is not NumberValue a || right is not NumberValue b) throw Unsupported("** or pow()", left, right);
        if (a.AsInteger is { } x && b.AsInteger is { Sign: >= 0 } y)
        {
            if (x.IsZero || x.IsOne) return IntValue.Of(y.IsZero ? 1 : x);
            if (x == BigInteger.MinusOne) return IntValue.Of(y.IsEven ? 1 : -1);
            if (y * x.GetBitLength() > Budget.MostDigits * 8) throw new PythonException($"a whole number has more than {Budget.MostDigits:N0} digits");
            budget.Charge(1000);
            return IntValue.Of(BigInteger.Pow(x, (int)y));
        }

        if (a.AsDouble == 0 && b.AsDouble < 0) throw new PythonException("0.0 cannot be raised to a negative power");
        double power = Math.Pow(a.AsDouble, b.AsDouble);
        if (double.IsNaN(power) && !double.IsNaN(a.AsDouble) && !double.IsNaN(b.AsDouble)) throw new PythonException("a complex number is not supported");
        if (double.IsInfinity(power) && double.IsFinite(a.AsDouble) && double.IsFinite(b.AsDouble))
            throw new PythonException("(34, 'Numerical result out of range')");
        return new FloatValue(power);
    }

    public static Value Negate(Value value) => value switch
    {
        NumberValue { AsInteger: { } whole } => IntValue.Of(-whole),
        FloatValue number => new FloatValue(-number.Number),
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw new PythonException($"bad operand type for unary -: '{value.TypeName}'"),
    };

    public static Value Plus(Value value) => value switch
    {
        NumberValue { AsInteger: { } whole } => IntValue.Of(whole),
        FloatValue => value,
        UndefinedValue undefined => throw undefined.Failure(),
        _ => throw new PythonException($"bad operand type for unary +: '{value.TypeName}'"),
    };

    /// <summary>The order of two values, or null where one is no number; <paramref name="sign"/> is the operator, for messages.</summary>
    public static int? Order(Value left, Value right, string sign)
    {
        switch (left, right)
        {
            case (NumberValue a, NumberValue b):
                return NumberValue.Compare(a, b);
            case (TextValue a, TextValue b):
                return CodePoints.Compare(a.Text, b.Text);
            case (SequenceValue a, SequenceValue b) when a.TypeName == b.TypeName:
                RuntimeHelpers.EnsureSufficientExecutionStack();
                for (int i = 0; i < Math.Min(a.Values.Count, b.Values.Count); i++)
                {
                    if (!a.Values[i].Same(b.Values[i])) return Order(a.Values[i], b.Values[i], sign);
                }

                return a.Values.Count.CompareTo(b.Values.Count);
            default:
                Require(left, right);
                throw new PythonException($"'{sign}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
        }
    }

    /// <summary>Whether a value lies in another.</summary>
    public static bool Contains(Value container, Value item, Budget budget)
    {
        switch (container)
        {
            case TextValue text:
                if (item is not TextValue part) throw new PythonException($"'in <string>' requires string as left operand, not {item.TypeName}");
                budget.Charge(text.Text.Length / 8);
                return text.Text.Contains(part.Text, StringComparison.Ordinal);
            case MapValue map:
                budget.Charge(item.Weight);
                return map.Has(item);
            case { Items: { } items }:
                budget.Charge(Math.Max(container.Weight, container.Count ?? 1));
                return items.Any(one => ReferenceEquals(one, item) || one.Same(item));
            default:
                throw new PythonException($"argument of type '{container.TypeName}' is not iterable");
        }
    }

    private static Value Repeat(Value value, BigInteger times, Budget budget)
    {
        int count = (int)BigInteger.Max(0, BigInteger.Min(times, int.MaxValue));
        if (value is TextValue text)
        {
            budget.ChargeText((long)text.Text.Length * count);
            return text.With(new System.Text.StringBuilder().Insert(0, text.Text, text.Text.Length == 0 ? 0 : count).ToString());
        }

        var sequence = (SequenceValue)value;
        budget.Charge(4L * sequence.Values.Count * count);
        return sequence.With(sequence.Values.Count == 0 ? [] : [.. Enumerable.Repeat(sequence.Values, count).SelectMany(items => items)]);
    }

    private static BigInteger Floor(BigInteger x, BigInteger y)
    {
        BigInteger quotient = BigInteger.DivRem(x, y, out BigInteger rest);
        return !rest.IsZero && (rest.Sign < 0) != (y.Sign < 0) ? quotient - 1 : quotient;
    }

    private static (double Quotient, double Left) FloorMod(double x, double y)
    {
        double rest = x % y, quotient = (x - rest) / y;
        if (rest != 0)
        {
            if ((y < 0) != (rest < 0)) (rest, quotient) = (rest + y, quotient - 1);
        }
        else rest = Math.CopySign(0, y);

        if (quotient == 0) return (Math.CopySign(0, x / y), rest);
        double floor = Math.Floor(quotient);
        return (quotient - floor > 0.5 ? floor + 1 : floor, rest);
    }

    private static double Quotient(BigInteger x, BigInteger y)
    {
        // Enough bits that the one rounding of the result is right, with a last bit that says whether anything was left.
        bool negative = (x.Sign < 0) != (y.Sign < 0);
        (x, y) = (BigInteger.Abs(x), BigInteger.Abs(y));
        int shift = (int)Math.Max(0, 63 - (x.GetBitLength() - y.GetBitLength()));
        BigInteger quotient = BigInteger.DivRem(x << shift, y, out BigInteger rest);
        if (!rest.IsZero) quotient |= BigInteger.One;
        double result = Math.ScaleB(IntValue.Of(quotient).AsDouble, -shift);
        if (double.IsInfinity(result)) throw new PythonException("integer division result too large for a float");
        return negative ? -result : result;
    }

    private static void Require(Value left, Value right)
    {
        if (left is UndefinedValue first) throw first.Failure();
        if (right is UndefinedValue second) throw second.Failure();
    }

    private static PythonException Unsupported(string sign, Value left, Value right)
        => new($"unsupported operand type(s) for {sign}: '{left.TypeName}' and '{right.TypeName}'");
}
