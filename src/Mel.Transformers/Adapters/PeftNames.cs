using System.Text.Json;
using System.Text.RegularExpressions;
using Mel.Runtime;

namespace Mel.Transformers.Adapters;

/// <summary>Modules as PEFT names them in one field: an expression that matches whole names, or a list of names and of ends of names behind a dot.</summary>
internal sealed class PeftNames
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly JsonFields _fields;
    private readonly string _key;
    private readonly Regex? _expression;
    private readonly IReadOnlyList<string> _names = [];

    private PeftNames(JsonFields fields, string key)
    {
        (_fields, _key) = (fields, key);
        if (fields.Find(key) is { ValueKind: JsonValueKind.String } text) _expression = Expression(fields, key, $@"^(?:{text.GetString()})\z");
        else _names = fields.Strings(key);
    }

    public bool IsExpression => _expression is not null;

    /// <summary>The names of a field, or null where it is absent or empty.</summary>
    public static PeftNames? Read(JsonFields fields, string key)
        => fields.Find(key) switch
        {
            null => null,
            { ValueKind: JsonValueKind.Array } list when list.GetArrayLength() == 0 => null,
            _ => new PeftNames(fields, key),
        };

    /// <summary>An expression of a file; one that is not understood is an error of the field.</summary>
    public static Regex Expression(JsonFields fields, string key, string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
        catch (ArgumentException e)
        {
            throw fields.Fail(key, $"holds no expression that is understood ({Excerpt.Of(e.Message, 200)}).");
        }
    }

    /// <summary>The match of an expression; one that takes too long is an error of the field.</summary>
    public static Match Matched(JsonFields fields, string key, Regex expression, string module)
    {
        try
        {
            return expression.Match(module);
        }
        catch (RegexMatchTimeoutException)
        {
            throw fields.Fail(key, $"holds an expression that takes more than {Patience.TotalMilliseconds} ms to match {module}; expected a simpler one.");
        }
    }

    /// <summary>Whether the list has the module's whole name.</summary>
    public bool Names(string module) => _names.Contains(module);

    /// <summary>Whether the module is meant.</summary>
    public bool Match(string module)
        => _expression is not null ? Matched(_fields, _key, _expression, module).Success
            : Names(module) || _names.Any(name => module.EndsWith("." + name, StringComparison.Ordinal));
}
