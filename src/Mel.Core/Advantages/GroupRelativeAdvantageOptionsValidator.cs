using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>Checks <see cref="GroupRelativeAdvantageOptions"/>.</summary>
public sealed class GroupRelativeAdvantageOptionsValidator : IValidateOptions<GroupRelativeAdvantageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GroupRelativeAdvantageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Scale)) errors.AddError($"is {options.Scale}; choose Group, Batch or None", nameof(options.Scale));
        if (!(options.Epsilon >= 0 && double.IsFinite(options.Epsilon)))
            errors.AddError($"must be a finite number of at least 0, got {options.Epsilon}: it keeps a small standard deviation from blowing up", nameof(options.Epsilon));
        if (options.DegreesOfFreedom is not (0 or 1)) errors.AddError($"must be 0 (population) or 1 (sample), got {options.DegreesOfFreedom}", nameof(options.DegreesOfFreedom));
        return errors.Build();
    }
}
