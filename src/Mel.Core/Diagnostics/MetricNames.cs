namespace Mel.Diagnostics;

/// <summary>Names of the figures in a step report; docs/metrics.md explains each.</summary>
public static class MetricNames
{
    /// <summary>Mean reward of the judged trajectories.</summary>
    public const string Reward = "reward";

    /// <summary>Standard deviation of the reward within a group, averaged over groups.</summary>
    public const string RewardStd = "reward_std";

    /// <summary>Mean and spread of one of several rewards: this prefix, its name, and <c>/mean</c> or <c>/std</c>.</summary>
    public const string RewardPart = "rewards/";

    /// <summary>Share of groups whose rewards are all equal.</summary>
    public const string FractionZeroStd = "frac_reward_zero_std";

    /// <summary>Share of trajectories that could not be judged.</summary>
    public const string FractionUnverifiable = "frac_unverifiable";

    /// <summary>Judgements that the verifier failed to give and that count as not judged, those of replays included.</summary>
    public const string VerifierFailures = "verifier/failures";

    /// <summary>Prompts that were passed over because they leave no room for a response.</summary>
    public const string SkippedTooLong = "prompts/skipped_too_long";

    /// <summary>Mean length of a trajectory, tokens.</summary>
    public const string MeanLength = "completions/mean_length";

    /// <summary>Length of the shortest trajectory, tokens.</summary>
    public const string MinLength = "completions/min_length";

    /// <summary>Length of the longest trajectory, tokens.</summary>
    public const string MaxLength = "completions/max_length";

    /// <summary>Share of trajectories that did not end by themselves.</summary>
    public const string ClippedRatio = "completions/clipped_ratio";

    /// <summary>Tokens sampled since the beginning of the run.</summary>
    public const string Tokens = "num_tokens";

    /// <summary>Duration of the step, seconds.</summary>
    public const string StepTime = "step_time";

    /// <summary>Tokens sampled per second of the step.</summary>
    public const string Throughput = "perf/throughput";

    /// <summary>Time spent sampling trajectories, seconds.</summary>
    public const string RolloutTime = "timing_s/gen";

    /// <summary>Time spent judging trajectories, seconds.</summary>
    public const string VerifyTime = "timing_s/reward";

    /// <summary>Time spent writing meta-experiences, seconds.</summary>
    public const string ExtractionTime = "timing_s/extraction";

    /// <summary>Time spent proving meta-experiences by replay, seconds.</summary>
    public const string ReplayTime = "timing_s/replay";

    /// <summary>Time spent on scoring, gradients and the optimizer, seconds.</summary>
    public const string UpdateTime = "timing_s/update_actor";

    /// <summary>Sum of all terms as scaled.</summary>
    public const string Loss = "loss";

    /// <summary>Norm of the whole gradient before clipping.</summary>
    public const string GradientNorm = "grad_norm";

    /// <summary>Learning rate of the step.</summary>
    public const string LearningRate = "learning_rate";

    /// <summary>Mean entropy of the scored tokens' distributions, nats.</summary>
    public const string Entropy = "entropy";

    /// <summary>Mean divergence from the reference policy, nats per token.</summary>
    public const string Kl = "kl";

    /// <summary>Share of tokens whose gradient the lower clip took away.</summary>
    public const string ClipRatioLow = "clip_ratio/low_mean";

    /// <summary>Share of tokens whose gradient the upper clip took away.</summary>
    public const string ClipRatioHigh = "clip_ratio/high_mean";

    /// <summary>Mean absolute difference of trainer and sampler log-probabilities.</summary>
    public const string SamplingDifferenceMean = "sampling/sampling_logp_difference/mean";

    /// <summary>Largest absolute difference of trainer and sampler log-probabilities.</summary>
    public const string SamplingDifferenceMax = "sampling/sampling_logp_difference/max";

    /// <summary>Share of the tokens that were scored. Tokens that were not scored carry no gradient.</summary>
    public const string ScoredFraction = "training/scored_token_ratio";

    /// <summary>Groups a filter rejected in this step.</summary>
    public const string FilteredGroups = "training/filter_groups/evicted";

    /// <summary>Contrastive pairs that were chosen.</summary>
    public const string MelPairs = "mel/pairs";

    /// <summary>Experiences the policy was asked to write.</summary>
    public const string MelCandidates = "mel/candidates";

    /// <summary>Share of the candidates that have all their parts.</summary>
    public const string MelWellFormed = "mel/well_formed_ratio";

    /// <summary>Experiences that were retained.</summary>
    public const string MelRetained = "mel/retained";

    /// <summary>Retained experiences as a share of the candidates (figure 9 of the paper).</summary>
    public const string MelRetention = "mel/retention";

    /// <summary>Tokens whose negative log-likelihood was minimized.</summary>
    public const string MelTokens = "mel/tokens";

    /// <summary>Negative log-likelihood of the retained experiences, nats per token, normalized as the objective says.</summary>
    public const string MelNll = "mel/nll";

    /// <summary>Negative log-likelihood of the rehearsals, nats per token.</summary>
    public const string RehearsalNll = "rehearsal/nll";

    /// <summary>Tokens of the rehearsals.</summary>
    public const string RehearsalTokens = "rehearsal/tokens";

    /// <summary>Mean number of optimizer updates between the weights a trajectory was sampled with and those it trains.</summary>
    public const string Staleness = "rollout/staleness";

    /// <summary>Pairs passed over because their context would not fit.</summary>
    public const string MelSkippedTooLong = "mel/skipped_too_long";

    /// <summary>Questions with at least one retained experience.</summary>
    public const string MelQueries = "mel/queries_with_experience";

    /// <summary>Gradient norm of a term before scaling, where terms are told apart: this prefix and the term's name.</summary>
    public const string TermGradientNorm = "grad_norm/";

    /// <summary>Factor on the gradient of a term: this prefix and the term's name.</summary>
    public const string TermFactor = "grad_scale/";
}
