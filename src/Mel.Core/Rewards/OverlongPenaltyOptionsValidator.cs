using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Rewards;

/// <summary>Checks <see cref="OverlongPenaltyOptions"/>.</summary>
public sealed class OverlongPenaltyOptionsValidator : IValidateOptions<OverlongPenaltyOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, OverlongPenaltyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var rules = new OptionRules();
        rules.AtLeast(options.MaxTokens, 1, nameof(options.MaxTokens));
        rules.Require(options.BufferTokens >= 1 && options.BufferTokens <= options.MaxTokens, nameof(options.BufferTokens),
            $"must be within [1, {nameof(options.MaxTokens)} = {options.MaxTokens}], got {options.BufferTokens}: the penalty needs a stretch to grow over");
        rules.AtLeast(options.Factor, 0, nameof(options.Factor));
        return rules.Result;
    }
}
