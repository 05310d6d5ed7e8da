using Mel.Transformers.Python;

namespace Mel.Transformers.Templates;

/// <summary>Filters that compare values.</summary>
internal static class OrderFilters
{
    /// <summary>What a value is compared by.</summary>
    public delegate Value Key(Value value);

    /// <summary>What values are compared by: an attribute where one is named, without regard to case unless told otherwise.</summary>
    public static Key KeyOf(Value? attribute, Value? caseSensitive, Budget budget, Value? otherwise = null)
    {
        AttributePath path = new(attribute ?? NoneValue.Instance);
        bool isSensitive = caseSensitive?.IsTrue == true;
        return value => Folded(path.Of(value, budget, otherwise), isSensitive);
    }

    public static Value Sort(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        Key key = values[2] is TextValue several && several.Text.Contains(',', StringComparison.Ordinal)
            ? Several(several.Text, values[1], rendering.Budget)
            : KeyOf(values[2], values[1], rendering.Budget);
        return new ListValue(Sorted(value.ToList(rendering.Budget), key, values[0]?.IsTrue == true, rendering.Budget));
    }

    public static Value SortMembers(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        int part = (values[1] as TextValue)?.Text switch
        {
            null when values[1] is null => 0,
            "key" => 0,
            "value" => 1,
            _ => throw new PythonException("You can only sort by either \"key\" or \"value\""),
        };
        if (value is UndefinedValue undefined) throw undefined.Failure();
        if (value is not MapValue map) throw new PythonException($"'{value.TypeName}' object has no attribute 'items'");
        bool isSensitive = values[0]?.IsTrue == true;
        return new ListValue(Sorted([.. map.Pairs], pair => Folded(((TupleValue)pair).Values[part], isSensitive), values[2]?.IsTrue == true, rendering.Budget));
    }

    public static Value Group(Rendering rendering, Value value, Arguments given)
    {
        Value?[] values = given.Bind("groupby", 1, "attribute", "default", "case_sensitive");
        Key key = KeyOf(values[0], values[2], rendering.Budget, values[1]), shown = KeyOf(values[0], BoolValue.True, rendering.Budget, values[1]);
        var groups = new List<Value>();
        List<Value> sorted = Sorted(value.ToList(rendering.Budget), key, isReversed: false, rendering.Budget);
        for (int start = 0, end; start < sorted.Count; start = end)
        {
            Value first = key(sorted[start]);
            rendering.Budget.Charge(first.Weight);
            for (end = start + 1; end < sorted.Count && key(sorted[end]).Same(first);)
            {
                rendering.Budget.Charge(first.Weight);
                end++;
            }


            groups.Add(new TupleValue([shown(sorted[start]), new ListValue(sorted.GetRange(start, end - start))], "grouper", "list"));
        }

        return new ListValue(groups);
    }

    /// <summary>The largest or the smallest value.</summary>
    public static Value Extreme(Rendering rendering, Value value, Arguments given, string name, int sign)
    {
        Value?[] values = given.Bind(name, 0, "case_sensitive", "attribute");
        Key key = KeyOf(values[1], values[0], rendering.Budget);
        Value? best = null, bestKey = null;
        foreach (Value item in value.Iterate())
        {
            rendering.Budget.Charge(1);
            Value one = key(item);
            rendering.Budget.Charge(one.Weight);
            if (bestKey is null || Operators.Order(one, bestKey, sign > 0 ? ">" : "<") * sign > 0) (best, bestKey) = (item, one);
        }

        return best ?? new UndefinedValue("No aggregated item, sequence was empty.");
    }

    private static List<Value> Sorted(List<Value> items, Key key, bool isReversed, Budget budget)
    {
        (Value Key, Value Item)[] all = [.. items.Select(item => (key(item), item))];
        MergeSort(all, new (Value, Value)[all.Length], 0, all.Length, isReversed ? -1 : 1, budget);
        return [.. all.Select(one => one.Item)];
    }

    // Stable, and an exception of a comparison leaves it as it is, which the library's own sorts do not offer.
    private static void MergeSort((Value Key, Value Item)[] all, (Value Key, Value Item)[] room, int start, int end, int sign, Budget budget)
    {
        if (end - start < 2) return;
        int middle = (start + end) / 2;
        MergeSort(all, room, start, middle, sign, budget);
        MergeSort(all, room, middle, end, sign, budget);
        budget.Charge(end - start);
        Array.Copy(all, start, room, start, end - start);
        for (int to = start, left = start, right = middle; to < end; to++)
        {
            if (left < middle && right < end) budget.Charge(Math.Min(room[left].Key.Weight, room[right].Key.Weight));
            bool takesRight = left == middle || (right < end && Operators.Order(room[right].Key, room[left].Key, "<") * sign < 0);
            all[to] = room[takesRight ? right++ : left++];
        }
    }

    private static Key Several(string attributes, Value? caseSensitive, Budget budget)
    {
        Key[] keys = [.. attributes.Split(',').Select(one => KeyOf(new TextValue(one), caseSensitive, budget))];
        return value => new TupleValue([.. keys.Select(key => key(value))]);
    }

    private static Value Folded(Value value, bool isSensitive) => !isSensitive && value is TextValue text ? new TextValue(TextCase.Lower(text.Text)) : value;
}
