using Mel.Runtime;

namespace Mel.Rewards;

/// <summary>
/// DAPO's soft overlong punishment: min(-(length - (L_max - L_buf)) / L_buf * factor, 0) is added to the reward, so that a response near the limit is told so
/// before it is cut off.
/// </summary>
public sealed class OverlongPenalty : IRewardShaper
{
    private readonly OverlongPenaltyOptions _options;

    /// <summary>Creates the shaper.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">An option is out of its range.</exception>
    public OverlongPenalty(OverlongPenaltyOptions? options = null) => _options = OptionRules.Checked(options, new OverlongPenaltyOptionsValidator());

    /// <inheritdoc/>
    public RolloutGroup Shape(RolloutGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        return group with { Rewards = [.. group.Rewards.Select((reward, i) => reward + PenaltyOf(group.Trajectories[i].TokenIds.Length))] };
    }

    /// <summary>The penalty of a response.</summary>
    /// <param name="tokens">Its length.</param>
    /// <returns>0 or less, in units of the reward.</returns>
    public double PenaltyOf(int tokens)
    {
        double over = tokens - (_options.MaxTokens - _options.BufferTokens);
        double penalty = Math.Min(-over / _options.BufferTokens * _options.Factor, 0);
        return _options.Capped ? Math.Max(penalty, -_options.Factor) : penalty;
    }
}
