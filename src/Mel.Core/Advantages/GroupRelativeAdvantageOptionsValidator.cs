using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>Checks <see cref="GroupRelativeAdvantageOptions"/>.</summary>
public sealed class GroupRelativeAdvantageOptionsValidator : IValidateOptions<GroupRelativeAdvantageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GroupRelativeAdvantageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rules = new OptionRules();
        rules.Defined(options.Scale, nameof(options.Scale));
        rules.AtLeast(options.Epsilon, 0, nameof(options.Epsilon));
        rules.Require(options.DegreesOfFreedom is 0 or 1, nameof(options.DegreesOfFreedom), $"must be 0 (population) or 1 (sample), got {options.DegreesOfFreedom}");
        return rules.Result;
    }
}
