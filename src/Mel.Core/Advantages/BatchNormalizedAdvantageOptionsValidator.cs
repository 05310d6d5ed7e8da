using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>Checks <see cref="BatchNormalizedAdvantageOptions"/>.</summary>
public sealed class BatchNormalizedAdvantageOptionsValidator : IValidateOptions<BatchNormalizedAdvantageOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, BatchNormalizedAdvantageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new ValidateOptionsResultBuilder();
        if (!Enum.IsDefined(options.Whitening)) errors.AddError($"is {options.Whitening}; choose Unbiased, Population or MeanOnly", nameof(options.Whitening));
        if (!(options.Discount is >= 0 and <= 1)) errors.AddError($"must lie in [0, 1], got {options.Discount}: above 1 early tokens are credited with more than was earned", nameof(options.Discount));
        if (!(options.KlCoefficient >= 0 && double.IsFinite(options.KlCoefficient)))
            errors.AddError($"must be a finite number of at least 0, got {options.KlCoefficient}: a negative penalty rewards drifting away", nameof(options.KlCoefficient));
        if (options.RewardClip is { } clip && !(clip > 0)) errors.AddError($"must be above 0 or null, got {clip}: it would erase every reward", nameof(options.RewardClip));
        if (options.KeepSingletonReward && !options.GroupBaseline) errors.AddError($"only means something together with {nameof(options.GroupBaseline)}", nameof(options.KeepSingletonReward));
        return errors.Build();
    }
}
