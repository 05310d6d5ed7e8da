using System.Numerics;
using Microsoft.Extensions.Options;

namespace Mel.Runtime;

/// <summary>Collects broken rules of an options class with messages that say what was given and what is expected.</summary>
internal sealed class OptionRules
{
    private readonly ValidateOptionsResultBuilder _errors = new();

    public ValidateOptionsResult Result => _errors.Build();

    /// <summary>Runs a validator the way a constructor does: broken rules throw.</summary>
    /// <exception cref="OptionsValidationException">At least one rule is broken; the message lists all of them.</exception>
    public static TOptions Checked<TOptions>(TOptions? options, IValidateOptions<TOptions> validator)
        where TOptions : class, new()
    {
        options ??= new TOptions();
        ValidateOptionsResult result = validator.Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(typeof(TOptions).Name, typeof(TOptions), result.Failures) : options;
    }

    public void AtLeast<T>(T value, T minimum, string property)
        where T : INumber<T>
        => Require(value >= minimum && T.IsFinite(value), property, $"must be at least {minimum}, got {value}");

    public void Above<T>(T value, T bound, string property)
        where T : INumber<T>
        => Require(value > bound && T.IsFinite(value), property, $"must be greater than {bound}, got {value}");

    public void Within(double value, double low, double high, string property)
        => Require(value >= low && value <= high, property, $"must be within [{low}, {high}], got {value}");

    public void Defined<TEnum>(TEnum value, string property)
        where TEnum : struct, Enum
        => Require(Enum.IsDefined(value), property, $"must be one of {string.Join(", ", Enum.GetNames<TEnum>())}, got {value}");

    public void Require(bool holds, string property, string message)
    {
        if (!holds) _errors.AddError(message, property);
    }
}
