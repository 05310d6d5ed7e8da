using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Mel.Runtime;

/// <summary>
/// Collects the broken rules of an options class, each with a message that says what was given and what is expected. Validators use it, and constructors take
/// a <see cref="Checked"/> copy of the options they are given.
/// </summary>
public sealed class OptionRules
{
    private readonly ValidateOptionsResultBuilder _errors = new();

    /// <summary>The outcome: success, or all rules that were broken so far.</summary>
    public ValidateOptionsResult Result => _errors.Build();

    /// <summary>Validates a copy of the options and returns the copy, so that later changes of the caller's object have no effect.</summary>
    /// <param name="options">What was given; null takes the defaults.</param>
    /// <param name="validator">The rules.</param>
    /// <exception cref="OptionsValidationException">At least one rule is broken; the message lists all of them.</exception>
    public static TOptions Checked<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        TOptions? options, IValidateOptions<TOptions> validator)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(validator);
        TOptions copy = Copy(options);
        ValidateOptionsResult result = validator.Validate(null, copy);
        return result.Failed ? throw new OptionsValidationException(typeof(TOptions).Name, typeof(TOptions), result.Failures) : copy;
    }

    /// <summary>A copy of the options that nobody has checked; the defaults where null.</summary>
    internal static TOptions Copy<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(TOptions? options)
        where TOptions : class, new()
    {
        TOptions copy = new();
        if (options is null) return copy;
        foreach (PropertyInfo property in PropertiesOf<TOptions>()) property.SetValue(copy, property.GetValue(options));
        return copy;
    }

    /// <summary>The settings of an options class: its public properties that can be read and set.</summary>
    internal static IEnumerable<PropertyInfo> PropertiesOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>()
        => PropertiesOf(typeof(TOptions));

    /// <inheritdoc cref="PropertiesOf{TOptions}"/>
    internal static IEnumerable<PropertyInfo> PropertiesOf([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options)
        => options.GetProperties().Where(p => p.CanRead && p.CanWrite);

    /// <summary>Requires a finite value of at least a minimum.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="minimum">The smallest value that is accepted.</param>
    /// <param name="property">Name of the option.</param>
    public void AtLeast<T>(T value, T minimum, string property)
        where T : INumber<T>
        => Require(value >= minimum && T.IsFinite(value), property, $"must be at least {minimum}, got {value}");

    /// <summary>Requires a finite value above a bound.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="bound">The bound, itself not accepted.</param>
    /// <param name="property">Name of the option.</param>
    public void Above<T>(T value, T bound, string property)
        where T : INumber<T>
        => Require(value > bound && T.IsFinite(value), property, $"must be greater than {bound}, got {value}");

    /// <summary>Requires a value within two bounds, both accepted.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="low">The smallest value that is accepted.</param>
    /// <param name="high">The largest value that is accepted.</param>
    /// <param name="property">Name of the option.</param>
    public void Within(double value, double low, double high, string property)
        => Require(value >= low && value <= high, property, $"must be within [{low}, {high}], got {value}");

    /// <summary>Requires a temperature at which tokens can be drawn, or 0 for greedy decoding.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="property">Name of the option.</param>
    internal void Temperature(double value, string property)
        => Require(value is 0 or (>= 1e-4 and <= 100), property, $"must be 0 (greedy) or within [0.0001, 100], got {value}");

    /// <summary>Requires a member of an enumeration.</summary>
    /// <param name="value">What was given.</param>
    /// <param name="property">Name of the option.</param>
    public void Defined<TEnum>(TEnum value, string property)
        where TEnum : struct, Enum
        => Require(Enum.IsDefined(value), property, $"must be one of {string.Join(", ", Enum.GetNames<TEnum>())}, got {value}");

    /// <summary>Requires a condition.</summary>
    /// <param name="holds">Whether the rule is kept.</param>
    /// <param name="property">Name of the option.</param>
    /// <param name="message">What was given, what is expected and why.</param>
    public void Require(bool holds, string property, string message)
    {
        if (!holds) _errors.AddError(message, property);
    }

    /// <summary>Adds the broken rules of nested options.</summary>
    /// <param name="nested">What the nested options' validator said.</param>
    /// <param name="property">Name of the property that holds them.</param>
    public void Nested(ValidateOptionsResult nested, string property)
    {
        ArgumentNullException.ThrowIfNull(nested);
        const string lead = "Property ";
        foreach (string failure in nested.Failures ?? [])
            _errors.AddError(failure.StartsWith(lead, StringComparison.Ordinal) ? $"{lead}{property}.{failure[lead.Length..]}" : $"{property}: {failure}");
    }
}
