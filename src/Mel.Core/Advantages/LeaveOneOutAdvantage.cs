using Mel.Rewards;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>
/// RLOO: A_i = r_i - mean of the other rewards of the group = (r_i - mean) G / (G - 1); an unbiased baseline, no scale. A lone trajectory has no other and gets
/// 0, unless <see cref="LeaveOneOutAdvantageOptions.KeepSingletonReward"/> asks for verl's convention.
/// </summary>
public sealed class LeaveOneOutAdvantage : IAdvantageEstimator, IRunPart
{
    private readonly LeaveOneOutAdvantageOptions _options;

    /// <summary>Creates the estimator.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    public LeaveOneOutAdvantage(LeaveOneOutAdvantageOptions? options = null)
        => _options = OptionRules.Checked(options, new LeaveOneOutAdvantageOptionsValidator());

    /// <inheritdoc/>
    public int MinimumGroupSize => _options.KeepSingletonReward ? 1 : 2;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
        => PerTrajectory.OfGroups(rollouts, group => OfGroup(group.Rewards));

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    private Advantage[] OfGroup(IReadOnlyList<double> rewards)
    {
        RewardStatistics group = RewardStatistics.Of(rewards);
        if (group.Count == 1 && _options.KeepSingletonReward) return PerTrajectory.Map(rewards, r => r);
        if (group.AllEqual) return PerTrajectory.Map(rewards, _ => 0);
        double correction = group.Count / (group.Count - 1.0);
        return PerTrajectory.Map(rewards, r => (r - group.Mean) * correction);
    }
}

/// <summary>Settings of <see cref="LeaveOneOutAdvantage"/>.</summary>
public sealed class LeaveOneOutAdvantageOptions
{
    /// <summary>Whether the one judged trajectory of a group keeps its reward as advantage, as in verl.</summary>
    /// <value>The default is false: it gets 0.</value>
    public bool KeepSingletonReward { get; set; }
}

internal sealed class LeaveOneOutAdvantageOptionsValidator : IValidateOptions<LeaveOneOutAdvantageOptions>
{
    public ValidateOptionsResult Validate(string? name, LeaveOneOutAdvantageOptions options) => ValidateOptionsResult.Success;
}
