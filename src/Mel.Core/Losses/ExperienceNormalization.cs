namespace Mel.Losses;

/// <summary>What the NLL of the validated meta-experiences is averaged over: the two lines of Eq. 7 and Eq. 10 disagree.</summary>
public enum ExperienceNormalization
{
    /// <summary>Mean over the experiences of a prompt, then over all prompts of the batch; a prompt without one counts as 0 (Eq. 10 to the letter). Additive over prompts.</summary>
    PromptMeanAll,

    /// <summary>Mean over the experiences of a prompt, then over the prompts that have one (Eq. 7, second line).</summary>
    PromptMeanNonEmpty,

    /// <summary>Mean over all experiences of the batch (Eq. 7, first line). With few experiences one of them may weigh as much as the whole RL loss.</summary>
    ExperienceMean,
}
