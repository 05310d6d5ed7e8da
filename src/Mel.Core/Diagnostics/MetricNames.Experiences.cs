using System.ComponentModel;

namespace Mel.Diagnostics;

public static partial class MetricNames
{
    private const string Experiences = "Meta-experiences";

    /// <summary>Contrastive pairs that were chosen.</summary>
    /// <remarks>
    /// Of: the groups that train. Unit: count. Source: Mel. Normal: `ExperienceOptions.PairsPerPrompt` for each group with a right and a wrong attempt.
    /// Otherwise: 0 means that no group has both.
    /// </remarks>
    [Category(Experiences)]
    public const string MelPairs = "mel/pairs";

    /// <summary>Experiences the policy was asked to write.</summary>
    /// <remarks>
    /// Of: the pairs that fit into the context. Unit: count. Source: Mel. Normal: mel/pairs. Otherwise: see mel/dropped/context_too_long.
    /// </remarks>
    [Category(Experiences)]
    public const string MelCandidates = "mel/candidates";

    /// <summary>Share of the candidates that have all their parts.</summary>
    /// <remarks>
    /// Of: mel/candidates. Unit: share. Source: Mel. Normal: above .8. Otherwise: the model does not write in the expected form; see
    /// mel/dropped/malformed and mel/dropped/unterminated.
    /// </remarks>
    [Category(Experiences)]
    public const string MelWellFormed = "mel/well_formed_ratio";

    /// <summary>Experiences that were retained.</summary>
    /// <remarks>
    /// Of: the well-formed candidates. Unit: count. Source: Mel. Normal: a few in every step. Otherwise: with 0 the step is plain reinforcement learning.
    /// </remarks>
    [Category(Experiences)]
    public const string MelRetained = "mel/retained";

    /// <summary>Retained experiences as a share of the well-formed ones: what validation by replay left (figure 9 of the paper).</summary>
    /// <remarks>
    /// Of: the well-formed candidates. Unit: share. Source: Mel. Normal: .3 to .7; it rises with accuracy. Otherwise: near 0, experiences do not help the
    /// replay: read some (`StepReport.Experiences`); near 1, the replay may be solved without them.
    /// </remarks>
    [Category(Experiences)]
    public const string MelRetention = "mel/retention";

    /// <summary>Candidates that were dropped, by reason: context_too_long, unterminated, malformed, replay_too_long, replay_failed.</summary>
    /// <remarks>
    /// Written: mel/dropped/&lt;reason&gt;. Of: mel/pairs, to which they and mel/retained add up. Unit: count. Source: Mel. Normal: mostly replay_failed.
    /// Otherwise: too_long asks for shorter attempts or a longer context, unterminated for a larger `ExperienceOptions.ExtractionMaxTokens`, malformed
    /// for another `IExperienceLanguage`.
    /// </remarks>
    [Category(Experiences)]
    public const string MelDropped = "mel/dropped/";

    /// <summary>Pairs passed over because a prompt would not fit: that of the extraction or that of the replay.</summary>
    /// <remarks>
    /// Of: mel/pairs. Unit: count. Source: Mel. Normal: 0. Otherwise: shorten the attempts (`SamplingOptions.MaxTokens`) or take a model with a longer
    /// context.
    /// </remarks>
    [Category(Experiences)]
    public const string MelSkippedTooLong = "mel/skipped_too_long";

    /// <summary>Groups with at least one retained experience.</summary>
    /// <remarks>
    /// Of: the groups that train; a question that was drawn twice counts twice, as in Eq. 10. Unit: count. Source: Mel. Normal: a third to two thirds of
    /// the groups with a pair. Otherwise: as mel/retention.
    /// </remarks>
    [Category(Experiences)]
    public const string MelQueries = "mel/queries_with_experience";

    /// <summary>Tokens whose negative log-likelihood was minimized.</summary>
    /// <remarks>
    /// Of: the retained experiences, stop token included; sum over the updates. Unit: tokens. Source: Mel. Normal: mel/retained times the length of an
    /// experience. Otherwise: long experiences cost time, not weight: each counts the same.
    /// </remarks>
    [Category(Experiences)]
    public const string MelTokens = "mel/tokens";

    /// <summary>Negative log-likelihood of the retained experiences, nats per token, normalized as the objective says.</summary>
    /// <remarks>
    /// Of: the tokens of mel/tokens; mean over the updates with an experience. With `ExperienceNormalization.PromptMeanAll` the groups without one count
    /// as 0. Unit: nats. Source: Mel. Normal: falls from the first steps on. Otherwise: a fall to 0 means that experiences are learned by heart; lower
    /// the weight.
    /// </remarks>
    [Category(Experiences)]
    public const string MelNll = "mel/nll";

    /// <summary>Negative log-likelihood of the rehearsals, nats per token.</summary>
    /// <remarks>
    /// Of: the rehearsals of an extractor, by their weights; mean over the updates with one. Unit: nats. Source: Mel. Normal: low, and lower than when
    /// the sequences were new. Otherwise: a rise means that what was learned is being forgotten.
    /// </remarks>
    [Category(Experiences)]
    public const string RehearsalNll = "rehearsal/nll";

    /// <summary>Tokens of the rehearsals.</summary>
    /// <remarks>
    /// Of: the rehearsals; sum over the updates. Unit: tokens. Source: Mel. Normal: as the extractor chooses. Otherwise: many of them make a step slow.
    /// </remarks>
    [Category(Experiences)]
    public const string RehearsalTokens = "rehearsal/tokens";

    /// <summary>Keys of the memory: different things that heuristics were written about.</summary>
    /// <remarks>
    /// Of: the `ExperienceMemory`, after the step. Unit: count. Source: Mel. Normal: rises quickly, then slowly. Otherwise: as many as experiences means
    /// that no two have the same key: see `IExperienceLanguage.Claim`.
    /// </remarks>
    [Category(Experiences)]
    public const string MemoryKeys = "memory/keys";

    /// <summary>Keys of the memory that have a consensus.</summary>
    /// <remarks>
    /// Of: memory/keys. Unit: count. Source: Mel. Normal: half of the keys or more after some steps. Otherwise: 0 means that nothing is rehearsed; lower
    /// `ExperienceMemoryOptions.MinimumVotes`, or look at the keys.
    /// </remarks>
    [Category(Experiences)]
    public const string MemoryTrusted = "memory/trusted";
}
