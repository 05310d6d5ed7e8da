using System.Text.RegularExpressions;
using Mel.Runtime;

namespace Mel.Transformers.Adapters;

/// <summary>A rank or alpha that some modules have of their own: <c>rank_pattern</c> or <c>alpha_pattern</c> of PEFT. The first match counts.</summary>
internal sealed class PeftPattern
{
    private readonly JsonFields _fields;
    private readonly string _key;
    private readonly (Regex Name, double Value)[] _entries = [];

    /// <param name="fields">The file.</param>
    /// <param name="key">The field, or null where it is absent.</param>
    public PeftPattern(JsonFields fields, string? key)
    {
        (_fields, _key) = (fields, key ?? string.Empty);
        if (key is null) return;
        JsonFields values = fields.OptionalObject(key)!;
        _entries =
        [
            .. fields.Find(key)!.Value.EnumerateObject().Select(entry => (
                PeftNames.Expression(fields, key, $@"^(?:.*\.)?(?:{entry.Name})\z"),
                values.OptionalDouble(entry.Name) ?? throw values.Fail(entry.Name, "is null, expected a number."))),
        ];
    }

    /// <summary>The value of a module, or null where it has none of its own.</summary>
    public double? Find(string module)
    {
        foreach (var (name, value) in _entries)
        {
            if (PeftNames.Matched(_fields, _key, name, module).Success) return value;
        }

        return null;
    }
}
