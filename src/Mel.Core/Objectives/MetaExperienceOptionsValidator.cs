using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Objectives;

/// <summary>The rules of <see cref="MetaExperienceOptions"/>, the same with and without a container.</summary>
public sealed class MetaExperienceOptionsValidator : IValidateOptions<MetaExperienceOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, MetaExperienceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules rules = new();
        rules.AtLeast(options.Weight, 0, nameof(options.Weight));
        rules.Defined(options.Scaling, nameof(options.Scaling));
        rules.Defined(options.Normalization, nameof(options.Normalization));
        rules.Defined(options.Conditioning, nameof(options.Conditioning));
        rules.Defined(options.Target, nameof(options.Target));
        return rules.Result;
    }
}
