using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Mel.Runtime;

/// <summary>Rules for the values of options. A value that breaks one is reported with all others, under the name of its option.</summary>
internal static class CommandLineRules
{
    /// <summary>Requires a number of at least a minimum; what is no number at all is reported by the parser.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, double minimum) => option.Requires(value => IsBelow(value, minimum), AtLeast(minimum));

    /// <summary>Requires a number of at least a minimum.</summary>
    public static Argument<T> AtLeast<T>(this Argument<T> argument, double minimum)
    {
        argument.Validators.Add(result => Check(result, argument.Name, value => IsBelow(value, minimum), AtLeast(minimum)));
        return argument;
    }

    /// <summary>Requires a number of at most a maximum.</summary>
    public static Option<T> AtMost<T>(this Option<T> option, double maximum) => option.Requires(
        value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !(number <= maximum),
        $"expected a number of at most {maximum.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Requires one of some words.</summary>
    public static Option<T> OneOf<T>(this Option<T> option, params string[] words)
        => option.Requires(value => !words.Contains(value), $"expected one of: {string.Join(", ", words)}");

    /// <summary>Requires files that exist.</summary>
    public static Option<T> Exists<T>(this Option<T> option) => option.Requires(value => !Path.Exists(value), "expected a path that exists");

    /// <summary>Requires files that exist.</summary>
    public static Argument<T> Exists<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result => Check(result, argument.Name, value => !Path.Exists(value), "expected a path that exists"));
        return argument;
    }

    private static bool IsBelow(string value, double minimum)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && !(number >= minimum);

    private static string AtLeast(double minimum) => $"expected a number of at least {minimum.ToString(CultureInfo.InvariantCulture)}";

    private static Option<T> Requires<T>(this Option<T> option, Func<string, bool> isBroken, string expected)
    {
        option.Validators.Add(result => Check(result, option.Name, isBroken, expected));
        return option;
    }

    private static void Check(SymbolResult result, string name, Func<string, bool> isBroken, string expected)
    {
        foreach (Token token in result.Tokens.Where(t => isBroken(t.Value))) result.AddError($"{name} is '{token.Value}', {expected}.");
    }
}
