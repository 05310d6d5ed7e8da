using System.ComponentModel;

namespace Mel.Diagnostics;

public static partial class MetricNames
{
    private const string Update = "Update";

    /// <summary>Sum of all terms as scaled.</summary>
    /// <remarks>
    /// Of: the tokens that train; mean over the updates of the step. Unit: 1. Source: TRL. Normal: near 0 and of either sign, for advantages are
    /// centered. Otherwise: it says little; read reward and grad_norm.
    /// </remarks>
    [Category(Update)]
    public const string Loss = "loss";

    /// <summary>Norm of the whole gradient before clipping.</summary>
    /// <remarks>
    /// Of: all parameters; mean over the updates of the step. Unit: 1. Source: TRL. Normal: steady within a factor of a few. Otherwise: 0 means that
    /// nothing carries a gradient; peaks far above `OptimizerOptions.MaxGradientNorm` ask for a smaller learning rate; not a number: the update was
    /// skipped.
    /// </remarks>
    [Category(Update)]
    public const string GradientNorm = "grad_norm";

    /// <summary>Gradient norm of a term before scaling.</summary>
    /// <remarks>
    /// Written: grad_norm/&lt;term&gt;. Of: all parameters; only where the gradients of the terms are told apart. Unit: 1. Source: Mel. Normal: of one
    /// order of magnitude. Otherwise: the larger term decides; see `TermScaling`.
    /// </remarks>
    [Category(Update)]
    public const string TermGradientNorm = "grad_norm/";

    /// <summary>Factor on the gradient of a term.</summary>
    /// <remarks>
    /// Written: grad_scale/&lt;term&gt;. Of: the updates in which the term appeared, mean. Unit: 1. Source: Mel. Normal: 1, or the weight that was set.
    /// Otherwise: with `TermScaling.GradientNormRatio` it moves with the norms it balances.
    /// </remarks>
    [Category(Update)]
    public const string TermFactor = "grad_scale/";

    /// <summary>Learning rate of the last update of the step.</summary>
    /// <remarks>
    /// Of: the step. Unit: 1. Source: TRL. Normal: follows the schedule, which ends with the run also where a filter leaves fewer updates. Otherwise:
    /// compare with `OptimizerOptions.Schedule`.
    /// </remarks>
    [Category(Update)]
    public const string LearningRate = "learning_rate";

    /// <summary>Mean entropy of the scored tokens' distributions, nats.</summary>
    /// <remarks>
    /// Of: the tokens of trajectories that carry a signal, those of advantage 0 left out unless divergence or entropy is in the loss; mean over the
    /// updates. Unit: nats. Source: Mel (TRL's entropy is over all completion tokens, which would have to be scored for it). Normal: falls slowly.
    /// Otherwise: a fall towards 0 means that the policy explores no more; widen the upper clip (`ClippedSurrogateOptions.ClipRangeHigh`) or lower the
    /// learning rate.
    /// </remarks>
    [Category(Update)]
    public const string Entropy = "entropy/scored";

    /// <summary>Mean divergence from the reference policy, nats per token.</summary>
    /// <remarks>
    /// Of: with a divergence in the loss its estimator (`PolicyObjectiveOptions.KlEstimator`) over the scored tokens, mean over the updates; with any
    /// other use of a reference k3 over all tokens that may train, before the first update. Each token counts at most 20 nats of log-ratio. Unit: nats.
    /// Source: TRL. Normal: from 0 upwards, slowly. Otherwise: always 0, the reference is the policy itself; a jump asks for a larger coefficient or a
    /// smaller learning rate.
    /// </remarks>
    [Category(Update)]
    public const string Kl = "kl";

    /// <summary>Share of tokens whose gradient the lower clip took away.</summary>
    /// <remarks>
    /// Of: all tokens that train, advantage 0 included; with a ratio per trajectory the tokens of clipped trajectories (TRL: trajectories); mean over the
    /// updates. Unit: share. Source: TRL. Normal: 0 with one update a step, below .2 with several. Otherwise: fewer epochs or mini-batches, or a smaller
    /// learning rate.
    /// </remarks>
    [Category(Update)]
    public const string ClipRatioLow = "clip_ratio/low_mean";

    /// <summary>Share of tokens whose gradient the upper clip took away.</summary>
    /// <remarks>
    /// Of: as clip_ratio/low_mean; for CISPO the tokens whose weight was capped. Unit: share. Source: TRL. Normal: 0 with one update a step, below .2
    /// with several. Otherwise: as there.
    /// </remarks>
    [Category(Update)]
    public const string ClipRatioHigh = "clip_ratio/high_mean";

    /// <summary>Share of the tokens that were scored. Tokens that were not scored carry no gradient.</summary>
    /// <remarks>
    /// Of: all tokens that train; mean over the updates. Unit: share. Source: Mel. Normal: 1 - frac_reward_zero_std, about. Otherwise: as there; a small
    /// share makes the step fast and of little use.
    /// </remarks>
    [Category(Update)]
    public const string ScoredFraction = "training/scored_token_ratio";

    /// <summary>Mean absolute difference of the log-probabilities of trainer and sampler.</summary>
    /// <remarks>
    /// Of: the scored tokens of the updates up to the first that moves the policy, so that both speak of the same weights; with mini-batches, those of
    /// the first. Where tokens are cut off (top-k, top-p, min-p) the policy's own pass before the update takes the place of the record. Unit: nats.
    /// Source: TRL. Normal: below 1e-4 where the policy samples in float32; .001 to .02 where another engine does. Otherwise: see the largest.
    /// </remarks>
    [Category(Update)]
    public const string SamplingDifferenceMean = "sampling/sampling_logp_difference/mean";

    /// <summary>Largest absolute difference of the log-probabilities of trainer and sampler.</summary>
    /// <remarks>
    /// Of: as the mean. Unit: nats. Source: TRL. Normal: below 1e-4 where the policy samples in float32; below 1 where another engine does or tokens are
    /// cut off (top-k, top-p, min-p). Otherwise: the sampler has other weights, another temperature or another template than the trainer; what is
    /// recorded must be the log-probability under the distribution that was drawn from.
    /// </remarks>
    [Category(Update)]
    public const string SamplingDifferenceMax = "sampling/sampling_logp_difference/max";

    /// <summary>Cosine of a term's gradient with that of the likelihood of true solutions, by term.</summary>
    /// <remarks>
    /// Written: probe/cosine/&lt;term&gt;, by a `GradientProbe`. Of: the groups, experiences and rehearsals of the step, at the weights after it, without any
    /// scaling. Unit: 1. Source: Mel. Normal: above 0 for a term that helps. Otherwise: near 0 the term teaches something else, or its gradient is noise: see
    /// probe/split_half/.
    /// </remarks>
    [Category(Update)]
    public const string ProbeCosine = "probe/cosine/";

    /// <summary>Cosine of a term's gradients of two halves of the groups, by term; that of the true solutions is named solutions.</summary>
    /// <remarks>
    /// Written: probe/split_half/&lt;term&gt;, by a `GradientProbe`. Of: every other group against the rest. Unit: 1. Source: Mel. Normal: rises with the number
    /// of groups. Otherwise: near 0 the gradient is noise at this batch size.
    /// </remarks>
    [Category(Update)]
    public const string ProbeSplitHalf = "probe/split_half/";

    /// <summary>Norm of a term's gradient, the mean of two halves of the groups, by term.</summary>
    /// <remarks>
    /// Written: probe/norm/&lt;term&gt;, by a `GradientProbe`. Of: as probe/cosine/. Unit: 1. Source: Mel. Normal: of the order of the other terms'. Otherwise:
    /// a term of a far larger norm needs `TermScalingKind.GradientNormRatio`, or another weight.
    /// </remarks>
    [Category(Update)]
    public const string ProbeNorm = "probe/norm/";
}
