using Mel.Rewards;
using Mel.Runtime;
using Microsoft.Extensions.Options;

namespace Mel.Advantages;

/// <summary>
/// A_i = (r_i - mean r) / (std r + epsilon) over the trajectories of the same prompt (GRPO, the advantage of Eq. 10), or without the division (Dr.GRPO). A
/// group whose rewards are all equal has advantages of exactly 0, whatever the number: no rounding residue is divided by epsilon.
/// </summary>
public sealed class GroupRelativeAdvantage : IAdvantageEstimator, IRunPart
{
    private readonly GroupRelativeAdvantageOptions _options;

    /// <summary>Creates the estimator.</summary>
    /// <param name="options">Read once; null for the defaults.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public GroupRelativeAdvantage(GroupRelativeAdvantageOptions? options = null)
        => _options = OptionRules.Checked(options, new GroupRelativeAdvantageOptionsValidator());

    /// <inheritdoc/>
    public int MinimumGroupSize => _options.KeepSingletonReward ? 1 : 2;

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<IReadOnlyList<Advantage>>> EstimateAsync(RolloutBatch rollouts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rollouts);
        double batchDeviation = _options.Scale == AdvantageScale.Batch
            ? RewardStatistics.Of(rollouts.Groups.SelectMany(g => g.Rewards)).StandardDeviation(_options.DegreesOfFreedom)
            : double.NaN;
        return PerTrajectory.OfGroups(rollouts, group => OfGroup(group.Rewards, batchDeviation));
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.SetOptions(_options);
    }

    private Advantage[] OfGroup(IReadOnlyList<double> rewards, double batchDeviation)
    {
        RewardStatistics group = RewardStatistics.Of(rewards);
        if (group.Count == 1 && _options.KeepSingletonReward) return PerTrajectory.Map(rewards, r => r);
        if (group.AllEqual) return PerTrajectory.Map(rewards, _ => 0);
        double scale = _options.Scale switch
        {
            AdvantageScale.Group => group.StandardDeviation(_options.DegreesOfFreedom) + _options.Epsilon,
            AdvantageScale.Batch => batchDeviation + _options.Epsilon,
            _ => 1,
        };
        return PerTrajectory.Map(rewards, r => (r - group.Mean) / scale);
    }
}

/// <summary>Settings of <see cref="GroupRelativeAdvantage"/>.</summary>
public sealed class GroupRelativeAdvantageOptions
{
    /// <summary>What a centered reward is divided by.</summary>
    /// <value>The default is <see cref="AdvantageScale.Group"/> (GRPO); <see cref="AdvantageScale.None"/> is Dr.GRPO.</value>
    public AdvantageScale Scale { get; set; } = AdvantageScale.Group;

    /// <summary>Added to the standard deviation; in units of the reward.</summary>
    /// <value>The default is 1e-6 (verl). TRL adds 1e-4, OpenRLHF 1e-9.</value>
    public double Epsilon { get; set; } = 1e-6;

    /// <summary>Subtracted from the number of rewards in the divisor of the variance.</summary>
    /// <value>The default is 1, as in all of verl, TRL and OpenRLHF.</value>
    public int DegreesOfFreedom { get; set; } = 1;

    /// <summary>
    /// Whether the one judged trajectory of a group keeps its reward as advantage, as in verl. It has nothing to be compared with, so the default is an
    /// advantage of 0.
    /// </summary>
    /// <value>The default is false.</value>
    public bool KeepSingletonReward { get; set; }
}

/// <summary>What a centered reward is divided by.</summary>
public enum AdvantageScale
{
    /// <summary>The standard deviation of its own group (GRPO).</summary>
    Group,

    /// <summary>The standard deviation of all rewards of the batch (TRL <c>scale_rewards="batch"</c>).</summary>
    Batch,

    /// <summary>Nothing (Dr.GRPO): no group weighs more because its rewards are close together.</summary>
    None,
}

internal sealed class GroupRelativeAdvantageOptionsValidator : IValidateOptions<GroupRelativeAdvantageOptions>
{
    public ValidateOptionsResult Validate(string? name, GroupRelativeAdvantageOptions options)
    {
        OptionRules rules = new();
        rules.Defined(options.Scale, nameof(options.Scale));
        rules.AtLeast(options.Epsilon, 0, nameof(options.Epsilon));
        rules.Require(
            options.DegreesOfFreedom is 0 or 1, nameof(options.DegreesOfFreedom), $"must be 0 (population) or 1 (sample), got {options.DegreesOfFreedom}");
        return rules.Result;
    }
}
