using System.Numerics;
using Microsoft.Extensions.Options;

namespace Mel.Runtime;

/// <summary>Collects the broken rules of an options class, with messages that say what was given and what is expected.</summary>
public sealed class OptionRules
{
    private readonly ValidateOptionsResultBuilder _errors = new();

    /// <summary>The result of a validator: a success where no rule is broken.</summary>
    public ValidateOptionsResult Result => _errors.Build();

    /// <summary>Runs a validator the way a constructor does: broken rules throw.</summary>
    /// <typeparam name="TOptions">The options class.</typeparam>
    /// <param name="options">The options; null stands for the defaults.</param>
    /// <param name="validator">The validator that a container runs too.</param>
    /// <returns>The options, or the defaults.</returns>
    /// <exception cref="OptionsValidationException">At least one rule is broken; the message lists all of them.</exception>
    public static TOptions Checked<TOptions>(TOptions? options, IValidateOptions<TOptions> validator)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(validator);
        options ??= new TOptions();
        ValidateOptionsResult result = validator.Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(typeof(TOptions).Name, typeof(TOptions), result.Failures) : options;
    }

    /// <summary>The value must be finite and not below the minimum.</summary>
    /// <typeparam name="T">A number.</typeparam>
    /// <param name="value">The value given.</param>
    /// <param name="minimum">The least value allowed.</param>
    /// <param name="property">The property that holds it.</param>
    public void AtLeast<T>(T value, T minimum, string property)
        where T : INumber<T>
        => Require(value >= minimum && T.IsFinite(value), property, $"must be at least {minimum}, got {value}");

    /// <summary>The value must be finite and greater than the bound.</summary>
    /// <typeparam name="T">A number.</typeparam>
    /// <param name="value">The value given.</param>
    /// <param name="bound">The bound, itself not allowed.</param>
    /// <param name="property">The property that holds it.</param>
    public void Above<T>(T value, T bound, string property)
        where T : INumber<T>
        => Require(value > bound && T.IsFinite(value), property, $"must be greater than {bound}, got {value}");

    /// <summary>The value must lie within two bounds, both allowed.</summary>
    /// <param name="value">The value given.</param>
    /// <param name="low">The least value allowed.</param>
    /// <param name="high">The greatest value allowed.</param>
    /// <param name="property">The property that holds it.</param>
    public void Within(double value, double low, double high, string property)
        => Require(value >= low && value <= high, property, $"must be within [{low}, {high}], got {value}");

    /// <summary>The value must be a named member of its enumeration.</summary>
    /// <typeparam name="TEnum">The enumeration.</typeparam>
    /// <param name="value">The value given.</param>
    /// <param name="property">The property that holds it.</param>
    public void Defined<TEnum>(TEnum value, string property)
        where TEnum : struct, Enum
        => Require(Enum.IsDefined(value), property, $"must be one of {string.Join(", ", Enum.GetNames<TEnum>())}, got {value}");

    /// <summary>Any other rule: the message is noted where the rule does not hold.</summary>
    /// <param name="holds">Whether the rule holds.</param>
    /// <param name="property">The property it is about.</param>
    /// <param name="message">What is expected, what was given and why.</param>
    public void Require(bool holds, string property, string message)
    {
        if (!holds) _errors.AddError(message, property);
    }
}
