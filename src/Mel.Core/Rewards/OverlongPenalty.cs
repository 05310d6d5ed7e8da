using Mel.Rollouts;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Rewards;

/// <summary>
/// DAPO's soft overlong punishment: min(-(length - (L_max - L_buf)) / L_buf * factor, 0) is added to the reward, so that a response near the limit is told so
/// before it is cut off.
/// </summary>
public sealed class OverlongPenalty : IRewardShaper, IRunPart, IRunDemands
{
    private readonly OverlongPenaltyOptions _options;

    /// <summary>Creates the shaper.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public OverlongPenalty(OverlongPenaltyOptions? options = null) => _options = OptionRules.Checked(options, new OverlongPenaltyOptionsValidator());

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">
    /// Neither the options nor the group say how long a response may be, or the buffer is longer than a response may be.
    /// </exception>
    public RolloutGroup Shape(RolloutGroup group)
    {
        ArgumentNullException.ThrowIfNull(group);
        int limit = _options.MaxTokens ?? group.Sampling?.MaxTokens
            ?? throw new InvalidOperationException(
                $"The longest response is unknown; set {nameof(OverlongPenaltyOptions)}.{nameof(OverlongPenaltyOptions.MaxTokens)}, "
                + $"or {nameof(RolloutGroup)}.{nameof(RolloutGroup.Sampling)} of the groups.");
        return group with { Rewards = [.. group.Rewards.Select((reward, i) => reward + PenaltyOf(group.Trajectories[i].TokenIds.Length, limit))] };
    }

    /// <summary>The penalty of a response.</summary>
    /// <param name="tokens">Its length.</param>
    /// <param name="maxTokens">L_max: longest response, tokens.</param>
    /// <returns>0 or less, in units of the reward.</returns>
    /// <exception cref="InvalidOperationException">The buffer is longer than the longest response.</exception>
    public double PenaltyOf(int tokens, int maxTokens)
    {
        double buffer = _options.BufferTokens ?? Math.Max(1, maxTokens / 4);
        if (buffer > maxTokens)
        {
            throw new InvalidOperationException(
                $"{nameof(OverlongPenaltyOptions)}.{nameof(OverlongPenaltyOptions.BufferTokens)} is {buffer}, "
                + $"but the longest response has {maxTokens} tokens; the buffer lies within it.");
        }
        double penalty = Math.Min(-(tokens - (maxTokens - buffer)) / buffer * _options.Factor, 0);
        return _options.Capped ? Math.Max(penalty, -_options.Factor) : penalty;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Unmet(RunShape run)
    {
        ArgumentNullException.ThrowIfNull(run);
        int limit = run.Sampling.MaxTokens;
        if (_options.MaxTokens is { } most && most != limit)
            yield return $"{nameof(_options.MaxTokens)} is {most}, but the run samples up to {limit} tokens (Sampling.MaxTokens): "
                + "the penalty would begin at the wrong length. Leave it out, and it is the limit of the run.";
        else if (_options.BufferTokens > limit)
            yield return $"{nameof(_options.BufferTokens)} is {_options.BufferTokens}, but the longest response has {limit} tokens (Sampling.MaxTokens); "
                + "the buffer lies within it.";
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }
}

/// <summary>Settings of <see cref="OverlongPenalty"/>.</summary>
public sealed class OverlongPenaltyOptions
{
    /// <summary>L_max: longest response, tokens.</summary>
    /// <value>The default is null: the token limit the rollouts were sampled under.</value>
    public int? MaxTokens { get; set; }

    /// <summary>L_buf: the penalty grows over the last this many tokens before <see cref="MaxTokens"/>.</summary>
    /// <value>The default is null: a quarter of the longest response; DAPO uses 4096 of 20480.</value>
    public int? BufferTokens { get; set; }

    /// <summary>Penalty at <see cref="MaxTokens"/>, in units of the reward.</summary>
    /// <value>The default is 1.</value>
    public double Factor { get; set; } = 1;

    /// <summary>Whether the penalty stops growing at <see cref="MaxTokens"/>, as in OpenRLHF; verl lets it grow on.</summary>
    /// <value>The default is true.</value>
    public bool Capped { get; set; } = true;
}

internal sealed class OverlongPenaltyOptionsValidator : IValidateOptions<OverlongPenaltyOptions>
{
    public ValidateOptionsResult Validate(string? name, OverlongPenaltyOptions options)
    {
        OptionRules rules = new();
        if (options.MaxTokens is { } limit) rules.AtLeast(limit, 1, nameof(options.MaxTokens));
        if (options.BufferTokens is { } buffer) rules.AtLeast(buffer, 1, nameof(options.BufferTokens));
        if (options is { MaxTokens: { } most, BufferTokens: { } stretch })
            rules.Require(
                stretch <= most, nameof(options.BufferTokens),
                $"must be at most {nameof(options.MaxTokens)} = {most}, got {stretch}: the penalty needs a stretch to grow over");
        rules.AtLeast(options.Factor, 0, nameof(options.Factor));
        return rules.Result;
    }
}
