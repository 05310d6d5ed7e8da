using System.Globalization;
using System.Numerics;
using System.Text;

namespace Mel.Transformers.Python;

/// <summary>A generator: values that come one after another, once.</summary>
/// <param name="source">The values.</param>
/// <param name="name">Name of its type.</param>
internal sealed class StreamValue(IEnumerable<Value> source, string name = "generator") : Value
{
    private IEnumerator<Value>? _rest;

    public override string TypeName => name;

    public override bool IsTrue => true;

    public override IEnumerable<Value> Items
    {
        get
        {
            _rest ??= source.GetEnumerator();
            while (_rest.MoveNext()) yield return _rest.Current;
        }
    }
}

/// <summary>Whole numbers in equal steps.</summary>
internal sealed class RangeValue(BigInteger start, BigInteger stop, BigInteger step) : Value
{
    /// <summary>The most numbers of one, as in the sandbox of templates.</summary>
    private const int Longest = 100_000;

    private readonly int _count = Length(start, stop, step);

    public override string TypeName => "range";

    public override int? Count => _count;

    public override IEnumerable<Value> Items => Enumerable.Range(0, _count).Select(At);

    /// <summary>The range of <c>range(...)</c>.</summary>
    public static RangeValue Of(Arguments arguments)
    {
        Value?[] given = arguments.Bind("range", 1, "/start", "/stop", "/step");
        BigInteger first = Operators.Whole(given[0]!);
        return given[1] is { } stop
            ? new RangeValue(first, Operators.Whole(stop), given[2] is { } step ? Operators.Whole(step) : BigInteger.One)
            : new RangeValue(BigInteger.Zero, first, BigInteger.One);
    }

    public override void WriteRepr(StringBuilder text, Budget budget)
        => text.Append(step.IsOne
            ? string.Create(CultureInfo.InvariantCulture, $"range({start}, {stop})")
            : string.Create(CultureInfo.InvariantCulture, $"range({start}, {stop}, {step})"));

    public override Value? Item(Value key, Budget budget)
    {
        if (key is SliceValue slice)
        {
            (int from, int to, int by) = slice.Resolve(_count);
            return new RangeValue(start + (from * step), start + (to * step), step * by);
        }

        return key is NumberValue { AsInteger: { } index } && SliceValue.Place(index, _count) is { } place ? At(place) : null;
    }

    public override Value? Attribute(string name, Budget budget) => name switch
    {
        "start" => IntValue.Of(start),
        "stop" => IntValue.Of(stop),
        "step" => IntValue.Of(step),
        "count" or "index" => new ListValue([.. Items]).Attribute(name, budget),
        _ => null,
    };

    public override bool Same(Value other)
        => other is RangeValue range && range._count == _count && (_count == 0 || (range.At(0).Same(At(0)) && range.At(_count - 1).Same(At(_count - 1))));

    public override int Hash() => _count;

    private IntValue At(int index) => IntValue.Of(start + (index * step));

    private static int Length(BigInteger start, BigInteger stop, BigInteger step)
    {
        if (step.IsZero) throw new PythonException("range() arg 3 must not be zero");
        BigInteger length = step.Sign > 0 ? (stop - start + step - 1) / step : (start - stop - step - 1) / -step;
        if (length > Longest) throw new PythonException($"Range too big. The sandbox blocks ranges larger than {Longest}.");
        return length.Sign > 0 && (step.Sign > 0 ? start < stop : start > stop) ? (int)length : 0;
    }
}

/// <summary>The bounds of a slice, such as <c>[1:-1]</c>.</summary>
internal sealed class SliceValue(Value? start, Value? stop, Value? step) : Value
{
    public override string TypeName => "slice";

    /// <summary>The place of an index in a sequence, or null where it lies outside.</summary>
    public static int? Place(BigInteger index, int count)
    {
        if (index.Sign < 0) index += count;
        return index.Sign >= 0 && index < count ? (int)index : null;
    }

    /// <summary>First place and the place behind the last, within a sequence.</summary>
    public static (int Start, int Stop) Range(Value? start, Value? stop, int count)
    {
        (int from, int to, _) = new SliceValue(start, stop, null).Resolve(count);
        return (from, to);
    }

    /// <summary>The places that it picks.</summary>
    public IEnumerable<int> Indices(int count)
    {
        (int from, int to, int by) = Resolve(count);
        for (long i = from; by > 0 ? i < to : i > to; i += by) yield return (int)i;
    }

    /// <summary>Start, end and step within a sequence.</summary>
    public (int Start, int Stop, int Step) Resolve(int count)
    {
        BigInteger by = Bound(step) ?? BigInteger.One;
        if (by.IsZero) throw new PythonException("slice step cannot be zero");
        int lower = by.Sign > 0 ? 0 : -1, upper = by.Sign > 0 ? count : count - 1;
        return (Within(Bound(start), by.Sign > 0 ? lower : upper), Within(Bound(stop), by.Sign > 0 ? upper : lower),
            (int)BigInteger.Max(int.MinValue + 1, BigInteger.Min(int.MaxValue, by)));

        int Within(BigInteger? place, int otherwise)
        {
            if (place is not { } index) return otherwise;
            if (index.Sign < 0) index += count;
            return (int)BigInteger.Max(lower, BigInteger.Min(upper, index));
        }
    }

    private static BigInteger? Bound(Value? value) => value switch
    {
        null or NoneValue => null,
        NumberValue { AsInteger: { } whole } => whole,
        _ => throw new PythonException("slice indices must be integers or None or have an __index__ method"),
    };
}
