using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>The numbers, of which truth values are two.</summary>
internal abstract class NumberValue : Value
{
    /// <summary>Its value as a floating-point number.</summary>
    public abstract double AsDouble { get; }

    /// <summary>Its value where it is a whole number by type, otherwise null.</summary>
    public abstract BigInteger? AsInteger { get; }

    public override bool Same(Value other)
    {
        if (other is not NumberValue number) return false;
        if (AsInteger is { } a && number.AsInteger is { } b) return a == b;
        return Compare(this, number) == 0;
    }

    public override int Hash()
    {
        if (AsInteger is { } whole) return whole.GetHashCode();
        double number = AsDouble;
        return double.IsFinite(number) && Math.Floor(number) == number ? new BigInteger(number).GetHashCode() : number.GetHashCode();
    }

    /// <summary>The order of two numbers, or null where one is no number.</summary>
    public static int? Compare(NumberValue left, NumberValue right)
    {
        if (left.AsInteger is { } a && right.AsInteger is { } b) return a.CompareTo(b);
        double x = left.AsDouble, y = right.AsDouble;
        if (double.IsNaN(x) || double.IsNaN(y)) return null;
        if (left.AsInteger is { } whole && double.IsFinite(y)) return Against(whole, y);
        if (right.AsInteger is { } other && double.IsFinite(x)) return -Against(other, x);
        return x.CompareTo(y);
    }

    private static int Against(BigInteger whole, double number)
    {
        double floor = Math.Floor(number);
        int order = whole.CompareTo(new BigInteger(floor));
        return order == 0 && number > floor ? -1 : order;
    }
}

/// <summary>A truth value, which is the number 0 or 1.</summary>
internal sealed class BoolValue : NumberValue
{
    public static readonly BoolValue True = new(true), False = new(false);

    private readonly bool _value;

    private BoolValue(bool value) => _value = value;

    public static BoolValue Of(bool value) => value ? True : False;

    public override string TypeName => "bool";

    public override bool IsTrue => _value;

    public override double AsDouble => _value ? 1 : 0;

    public override BigInteger? AsInteger => _value ? BigInteger.One : BigInteger.Zero;

    public override void WriteRepr(StringBuilder text, Budget budget) => text.Append(_value ? "True" : "False");

    public override Value? Attribute(string name, Budget budget) => IntValue.AttributeOf(_value ? 1 : 0, name);
}

/// <summary>A whole number of any size, within the bound on its digits.</summary>
internal sealed class IntValue(BigInteger value) : NumberValue
{
    private static readonly IntValue[] Small = [.. Enumerable.Range(-1, 1026).Select(i => new IntValue(i))];

    public BigInteger Number => value;

    /// <summary>A whole number.</summary>
    /// <exception cref="PythonException">It has too many digits.</exception>
    public static IntValue Of(BigInteger value)
    {
        if (value >= -1 && value <= 1024) return Small[(int)value + 1];
        if (value.GetBitLength() > Budget.MostDigits * 3.3)
            throw new PythonException($"a whole number has more than {Budget.MostDigits:N0} digits, the most that are computed with");
        return new IntValue(value);
    }

    public override string TypeName => "int";

    public override bool IsTrue => !value.IsZero;

    public override double AsDouble
    {
        get
        {
            double number = value.GetBitLength() < 64 ? (long)value : double.Parse(value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            return double.IsFinite(number) ? number : throw new PythonException("int too large to convert to float");
        }
    }

    public override BigInteger? AsInteger => value;

    public override void WriteRepr(StringBuilder text, Budget budget)
    {
        budget.Charge(value.GetByteCount());
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    public override Value? Attribute(string name, Budget budget) => AttributeOf(value, name);

    internal static Value? AttributeOf(BigInteger value, string name) => name switch
    {
        "real" or "numerator" => Of(value),
        "imag" => Of(0),
        "denominator" => Of(1),
        "bit_length" => new FunctionValue(name, (_, _) => Of(BigInteger.Abs(value).GetBitLength())),
        "bit_count" => new FunctionValue(name, (_, _) => Of(BigInteger.PopCount(BigInteger.Abs(value)))),
        "conjugate" => new FunctionValue(name, (_, _) => Of(value)),
        "as_integer_ratio" => new FunctionValue(name, (_, _) => new TupleValue([Of(value), Of(1)])),
        "is_integer" => null,
        _ => null,
    };
}

/// <summary>A floating-point number.</summary>
internal sealed class FloatValue(double value) : NumberValue
{
    public double Number => value;

    public override string TypeName => "float";

    public override bool IsTrue => value != 0;

    public override double AsDouble => value;

    public override BigInteger? AsInteger => null;

    public override void WriteRepr(StringBuilder text, Budget budget) => text.Append(FloatText.Repr(value));

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "real" => this,
        "imag" => new FloatValue(0),
        "is_integer" => new FunctionValue(name, (_, _) => BoolValue.Of(double.IsFinite(value) && Math.Floor(value) == value)),
        "conjugate" => new FunctionValue(name, (_, _) => this),
        _ => null,
    };
}

/// <summary>No value.</summary>
internal sealed class NoneValue : Value
{
    public static readonly NoneValue Instance = new();

    public override string TypeName => "NoneType";

    public override bool IsTrue => false;

    public override void WriteRepr(StringBuilder text, Budget budget) => text.Append("None");
}

/// <summary>What a name or an attribute stands for that does not exist: it prints as nothing, and nearly everything else fails with its message.</summary>
/// <param name="message">What does not exist.</param>
internal sealed class UndefinedValue(string message) : Value
{
    public string Message => message;

    public override string TypeName => "Undefined";

    public override bool IsTrue => false;

    public override int? Count => 0;

    public override IEnumerable<Value> Items => [];

    public override bool IsCallable => true;

    /// <summary>A name that stands for nothing.</summary>
    public static UndefinedValue Name(string name) => new($"'{name}' is undefined");

    public override void WriteRepr(StringBuilder text, Budget budget) => text.Append("Undefined");

    public override string ToText(Budget budget) => "";

    public override Value? Attribute(string name, Budget budget)
        => name.StartsWith("__", StringComparison.Ordinal) && name.EndsWith("__", StringComparison.Ordinal) ? null : throw Failure();

    public override Value? Item(Value key, Budget budget) => throw Failure();

    public override Value Call(Arguments arguments, Budget budget) => throw Failure();

    public override bool Same(Value other) => other is UndefinedValue;

    public override int Hash() => 0;

    /// <summary>The failure of what cannot be done with it.</summary>
    public PythonException Failure() => new(message);
}

/// <summary>A function of the library, or a method with the value it belongs to.</summary>
/// <param name="name">Its name.</param>
/// <param name="function">What it does.</param>
internal sealed class FunctionValue(string name, Func<Arguments, Budget, Value> function) : Value
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    public override void WriteRepr(StringBuilder text, Budget budget) => throw new PythonException($"a function, '{name}', has no text; call it with ()");

    public override Value Call(Arguments arguments, Budget budget) => function(arguments, budget);
}
