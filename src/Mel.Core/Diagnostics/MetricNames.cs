using System.ComponentModel;

namespace Mel.Diagnostics;

/// <summary>Names of the figures in a step report. docs/metrics.md is made of what is said here.</summary>
/// <remarks>
/// Every name says in its remarks what the figure is measured over (Of), its unit, whose name and quantity it is (Source), what is normal, and what to do
/// otherwise. A name that ends in a slash goes on; Written says how.
/// </remarks>
public static partial class MetricNames
{
    private const string Rewards = "Rewards", Responses = "Responses";

    /// <summary>Mean reward of the judged trajectories.</summary>
    /// <remarks>
    /// Of: all that was sampled in the step, before a filter, after a shaper. Unit: reward. Source: TRL. Normal: rises over tens of steps, and jumps
    /// about within a few. Otherwise: read some responses in `StepReport.Groups`; flat with a high frac_reward_zero_std means questions too hard or too
    /// easy, falling means a smaller learning rate.
    /// </remarks>
    [Category(Rewards)]
    public const string Reward = "reward";

    /// <summary>Share of the judged trajectories that the verifier found correct.</summary>
    /// <remarks>
    /// Of: all that was sampled in the step, before a filter. Unit: share. Source: Mel. Normal: equals the reward where that is 1 or 0 and nothing shapes
    /// it. Otherwise: a reward that rises while this does not is earned by something else than right answers; look at the shaper and the other rewards.
    /// </remarks>
    [Category(Rewards)]
    public const string Accuracy = "accuracy";

    /// <summary>Standard deviation of the reward over all judged trajectories of the step.</summary>
    /// <remarks>
    /// Of: all that was sampled in the step, whatever group it is in. Unit: reward. Source: TRL. Normal: sqrt(p (1 - p)) for rewards of 1 and 0 with mean
    /// p. Otherwise: near 0, nothing is left to compare.
    /// </remarks>
    [Category(Rewards)]
    public const string RewardStd = "reward_std";

    /// <summary>Standard deviation of the reward within a group, averaged over groups.</summary>
    /// <remarks>
    /// Of: the sampled groups with at least two judged trajectories. Unit: reward. Source: OpenRLHF. Normal: somewhat below reward_std. Otherwise: far
    /// below it, questions are either always or never solved, and groups have little to learn from; choose questions of middling difficulty or raise the
    /// group size.
    /// </remarks>
    [Category(Rewards)]
    public const string GroupRewardStd = "group_reward_std";

    /// <summary>Mean of one of several rewards before its weight, and its standard deviation.</summary>
    /// <remarks>
    /// Written: rewards/&lt;name&gt;/mean, rewards/&lt;name&gt;/std. Of: all that was sampled and that this reward could judge. Unit: reward. Source:
    /// TRL. Normal: the reward that gives the verdict rises. Otherwise: where another one rises alone, its weight is too large.
    /// </remarks>
    [Category(Rewards)]
    public const string RewardPart = "rewards/";

    /// <summary>Share of groups whose rewards are all equal.</summary>
    /// <remarks>
    /// Of: the sampled groups with a judged trajectory. Unit: share. Source: TRL. Normal: .2 to .7. Otherwise: near 1 the step teaches almost nothing;
    /// mix in questions of middling difficulty, raise the group size, or filter (`DynamicSampling`).
    /// </remarks>
    [Category(Rewards)]
    public const string FractionZeroStd = "frac_reward_zero_std";

    /// <summary>Share of trajectories that could not be judged.</summary>
    /// <remarks>
    /// Of: all that was sampled. Unit: share. Source: Mel. Normal: 0. Otherwise: the verifier fails or has no reference answer to compare with; these
    /// trajectories do not train.
    /// </remarks>
    [Category(Rewards)]
    public const string FractionUnverifiable = "frac_unverifiable";

    /// <summary>Judgements that the verifier failed to give.</summary>
    /// <remarks>
    /// Of: all judgements of the step, those of replays included. Unit: count. Source: Mel. Normal: 0. Otherwise: the log names the first failure; wrap the
    /// verifier in `RetryingVerifier`, or raise `VerificationOptions.TimeLimit`. Such attempts are not judged and do not train.
    /// </remarks>
    [Category(Rewards)]
    public const string VerifierFailures = "verifier/failures";

    /// <summary>Prompts that were passed over because they leave no room for a response.</summary>
    /// <remarks>
    /// Of: the prompts taken in the step. Unit: count. Source: Mel. Normal: 0. Otherwise: the log names the first; shorten the data, or raise the context of
    /// the sampler.
    /// </remarks>
    [Category(Rewards)]
    public const string SkippedTooLong = "prompts/skipped_too_long";

    /// <summary>The figures of rewards and responses once more, over the groups that a filter kept.</summary>
    /// <remarks>
    /// Written: kept/&lt;figure&gt;. Of: the groups that train; only where the run has a filter. Unit: as there. Source: Mel. Normal: kept/reward near
    /// one half under `DynamicSampling`, whatever reward does. Otherwise: it is no measure of progress; reward is.
    /// </remarks>
    [Category(Rewards)]
    public const string Kept = "kept/";

    /// <summary>Groups a filter rejected in this step.</summary>
    /// <remarks>
    /// Of: all groups that were sampled, refills included. Unit: count. Source: Mel (verl counts samples). Normal: grows as questions are solved.
    /// Otherwise: when steps come out short, raise `TrainerOptions.MaxRefills` or bring harder questions.
    /// </remarks>
    [Category(Rewards)]
    public const string FilteredGroups = "training/filter_groups/evicted";

    /// <summary>Mean length of a trajectory, tokens.</summary>
    /// <remarks>
    /// Of: all that was sampled, without the output of tools. Unit: tokens. Source: TRL. Normal: drifts slowly. Otherwise: a steady rise at a constant
    /// accuracy is paid for in time; `OverlongPenalty` holds it.
    /// </remarks>
    [Category(Responses)]
    public const string MeanLength = "completions/mean_length";

    /// <summary>Length of the shortest trajectory, tokens.</summary>
    /// <remarks>
    /// Of: all that was sampled, without the output of tools. Unit: tokens. Source: TRL. Normal: enough for an answer. Otherwise: at 1 the policy ends at
    /// once; look at the chat template.
    /// </remarks>
    [Category(Responses)]
    public const string MinLength = "completions/min_length";

    /// <summary>Length of the longest trajectory, tokens.</summary>
    /// <remarks>
    /// Of: all that was sampled, without the output of tools. Unit: tokens. Source: TRL. Normal: at the token limit now and then. Otherwise: see
    /// completions/clipped_ratio.
    /// </remarks>
    [Category(Responses)]
    public const string MaxLength = "completions/max_length";

    /// <summary>Share of trajectories that did not end by themselves.</summary>
    /// <remarks>
    /// Of: all that was sampled. Unit: share. Source: TRL. Normal: below .1. Otherwise: raise `SamplingOptions.MaxTokens`; a rise during the run is the
    /// way a lenient verifier lets a policy drift, so judge what was cut off as wrong (`TerminatedAnswerVerifier`).
    /// </remarks>
    [Category(Responses)]
    public const string ClippedRatio = "completions/clipped_ratio";

    /// <summary>Mean number of optimizer updates between the weights a trajectory was sampled with and those it trains.</summary>
    /// <remarks>
    /// Of: the sampled trajectories whose sampler says. Unit: updates. Source: Mel. Normal: 0 to 2. Otherwise: the sampler gets its weights too late;
    /// correct for it (`PolicyObjectiveOptions.SamplerCorrection`) or send weights more often.
    /// </remarks>
    [Category(Responses)]
    public const string Staleness = "rollout/staleness";
}
