using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Experiences;

/// <summary>The rules of <see cref="ExperienceOptions"/>, the same with and without a container.</summary>
public sealed class ExperienceOptionsValidator : IValidateOptions<ExperienceOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ExperienceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        OptionRules rules = new();
        rules.AtLeast(options.PairsPerPrompt, 1, nameof(options.PairsPerPrompt));
        rules.Defined(options.PairSelection, nameof(options.PairSelection));
        rules.AtLeast(options.ExtractionTemperature, 0, nameof(options.ExtractionTemperature));
        rules.AtLeast(options.ExtractionMaxTokens, 1, nameof(options.ExtractionMaxTokens));
        rules.AtLeast(options.ReplayCount, 1, nameof(options.ReplayCount));
        rules.AtLeast(options.RequiredSuccesses, 1, nameof(options.RequiredSuccesses));
        rules.AtLeast(options.ReplayTemperature, 0, nameof(options.ReplayTemperature));
        rules.AtLeast(options.ReplayMaxTokens, 1, nameof(options.ReplayMaxTokens));
        rules.Require(options.RequiredSuccesses <= options.ReplayCount, nameof(options.RequiredSuccesses),
            $"must be at most {nameof(options.ReplayCount)} = {options.ReplayCount}, got {options.RequiredSuccesses}: no candidate could ever pass");
        return rules.Result;
    }
}
