using Microsoft.Extensions.Options;

namespace Mel.Rewards;

/// <summary>Checks <see cref="OverlongPenaltyOptions"/>.</summary>
public sealed class OverlongPenaltyOptionsValidator : IValidateOptions<OverlongPenaltyOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OverlongPenaltyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var errors = new ValidateOptionsResultBuilder();
        if (options.MaxTokens < 1) errors.AddError($"must be at least 1, got {options.MaxTokens}", nameof(options.MaxTokens));
        if (options.BufferTokens < 1 || options.BufferTokens > options.MaxTokens)
            errors.AddError($"must lie in [1, {nameof(options.MaxTokens)} = {options.MaxTokens}], got {options.BufferTokens}: the penalty needs a stretch to grow over", nameof(options.BufferTokens));
        if (!(options.Factor >= 0 && double.IsFinite(options.Factor))) errors.AddError($"must be a finite number of at least 0, got {options.Factor}: it is subtracted from the reward", nameof(options.Factor));
        return errors.Build();
    }
}
