namespace Mel.Transformers.Python;

/// <summary>Attributes and items as Jinja's sandbox finds them: each where the other is not.</summary>
internal static class Lookups
{
    /// <summary>What <c>value.name</c> means.</summary>
    public static Value Attribute(Value value, string name, Budget budget)
        => value.Attribute(name, budget) is { } attribute
            ? name.StartsWith('_') ? Unsafe.Attribute(value, name) : attribute
            : value.Item(new TextValue(name), budget) ?? Missing(value, name);

    /// <summary>What <c>value[key]</c> means.</summary>
    public static Value Item(Value value, Value key, Budget budget)
    {
        if (value.Item(key, budget) is { } item) return item;
        if (key is not TextValue name) return new UndefinedValue($"{value.TypeName} object has no element {Runtime.Excerpt.Of(key.Repr(budget))}");
        return value.Attribute(name.Text, budget) is { } attribute
            ? name.Text.StartsWith('_') ? Unsafe.Attribute(value, name.Text) : attribute
            : Missing(value, name.Text);
    }

    private static UndefinedValue Missing(Value value, string name)
        => new($"'{value.TypeName} object' has no attribute {Runtime.Excerpt.Quoted(name)}");
}
