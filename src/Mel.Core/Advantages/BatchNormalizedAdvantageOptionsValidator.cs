using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>Checks <see cref="BatchNormalizedAdvantageOptions"/>.</summary>
public sealed class BatchNormalizedAdvantageOptionsValidator : IValidateOptions<BatchNormalizedAdvantageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BatchNormalizedAdvantageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rules = new OptionRules();
        rules.Defined(options.Whitening, nameof(options.Whitening));
        rules.Within(options.Discount, 0, 1, nameof(options.Discount));
        rules.AtLeast(options.KlCoefficient, 0, nameof(options.KlCoefficient));
        if (options.RewardClip is { } clip) rules.Above(clip, 0, nameof(options.RewardClip));
        rules.Require(options.GroupBaseline || !options.KeepSingletonReward, nameof(options.KeepSingletonReward), $"only means something together with {nameof(options.GroupBaseline)}");
        return rules.Result;
    }
}
