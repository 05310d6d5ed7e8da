using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters on values in a row.</summary>
internal static class SequenceFilters
{
    public static Value Length(Rendering rendering, Value value)
    {
        rendering.Budget.Charge((value as TextValue)?.Text.Length / 64 ?? 0);
        return value.Count is { } count ? IntValue.Of(count) : throw new PythonException($"object of type '{value.TypeName}' has no len()");
    }

    public static Value First(Rendering rendering, Value value)
        => value.Iterate().FirstOrDefault() ?? new UndefinedValue("No first item, sequence was empty.");

    public static Value Last(Rendering rendering, Value value)
        => Reversed(rendering, value)?.FirstOrDefault() ?? (Reversed(rendering, value) is null
            ? throw new PythonException($"'{value.TypeName}' object is not reversible")
            : new UndefinedValue("No last item, sequence was empty."));

    public static Value Reverse(Rendering rendering, Value value)
    {
        if (value is TextValue text) return text.Item(new SliceValue(null, null, IntValue.Of(-1)), rendering.Budget)!;
        if (Reversed(rendering, value) is { } reversed) return new StreamValue(reversed, $"{value.TypeName}_reverseiterator");
        if (value.Items is null) throw new PythonException("argument must be iterable");
        List<Value> items = value.ToList(rendering.Budget);
        items.Reverse();
        return new ListValue(items);
    }

    public static Value Members(Rendering rendering, Value value) => new StreamValue(Pairs(value));

    public static Value Batch(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("batch", 1, "linecount", "fill_with");
        int size = Operators.Small(values[0]!);
        return new StreamValue(Batches(value, size, values[1] is NoneValue ? null : values[1], rendering.Budget));
    }

    public static Value Slice(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("slice", 1, "slices", "fill_with");
        int count = Operators.Small(values[0]!);
        return new StreamValue(Slices(value, count, values[1] is NoneValue ? null : values[1], rendering.Budget));
    }

    private static IEnumerable<Value> Pairs(Value value)
    {
        if (value is UndefinedValue) yield break;
        if (value is not MapValue map) throw new PythonException("Can only get item pairs from a mapping.");
        foreach (Value pair in map.Pairs) yield return pair;
    }

    private static IEnumerable<Value> Batches(Value value, int size, Value? fill, Budget budget)
    {
        var batch = new List<Value>();
        foreach (Value item in value.Iterate())
        {
            budget.Charge(1);
            if (batch.Count == size)
            {
                yield return new ListValue(batch);
                batch = [];
            }

            batch.Add(item);
        }

        if (batch.Count == 0) yield break;
        if (fill is not null && size > batch.Count) budget.Charge(size - batch.Count);
        while (fill is not null && batch.Count < size) batch.Add(fill);
        yield return new ListValue(batch);
    }

    private static IEnumerable<Value> Slices(Value value, int count, Value? fill, Budget budget)
    {
        List<Value> items = value.ToList(budget);
        if (count == 0) throw new PythonException("integer division or modulo by zero");
        int size = items.Count / count, extra = items.Count % count, start = 0;
        for (int i = 0; i < count; i++)
        {
            int length = size + (i < extra ? 1 : 0);
            budget.Charge(40 + length);
            List<Value> part = items.GetRange(start, length);
            start += length;
            if (fill is not null && i >= extra) part.Add(fill);
            yield return new ListValue(part);
        }
    }

    private static List<Value>? Reversed(Rendering rendering, Value value)
    {
        if (value is not (SequenceValue or MapValue or ViewValue or TextValue or RangeValue or UndefinedValue)) return null;
        List<Value> items = value.ToList(rendering.Budget);
        items.Reverse();
        return items;
    }
}
