using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Losses;

/// <summary>
/// The meta-experience term of Eq. 8-10: L = sum_j w_j n_j with n_j the token-averaged NLL of experience j (<see cref="MaskedNll.PerSequence"/>). The weights
/// w_j come from the whole optimizer batch, so that a term split over micro-batches adds up exactly.
/// </summary>
public static class MetaExperienceLoss
{
    /// <summary>The weight of each experience. With P prompts and E_x experiences of prompt x: 1/(P E_x), 1/(P_nonempty E_x) or 1/E.</summary>
    /// <param name="promptOfExperience">
    /// For every validated experience of the whole optimizer batch, the index of its prompt. Leave out experiences without tokens.
    /// </param>
    /// <param name="promptCount">P, prompts of the whole optimizer batch.</param>
    /// <param name="normalization">What is averaged over.</param>
    /// <returns>One weight per experience, in order; empty when there is none.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An index does not lie in [0, promptCount).</exception>
    public static double[] Weights(
        ReadOnlySpan<int> promptOfExperience, int promptCount, ExperienceNormalization normalization = ExperienceNormalization.PromptMeanAll)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(promptCount);
        var perPrompt = new int[promptCount];
        foreach (int prompt in promptOfExperience)
        {
            if ((uint)prompt >= (uint)promptCount)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(promptOfExperience), prompt, $"An experience belongs to prompt {prompt}, but the batch has {promptCount} prompts, counted from 0.");
            }
            perPrompt[prompt]++;
        }
        int nonEmpty = perPrompt.Count(n => n > 0);
        var weights = new double[promptOfExperience.Length];
        for (int j = 0; j < weights.Length; j++) weights[j] = Weight(normalization, perPrompt[promptOfExperience[j]], promptCount, nonEmpty, weights.Length);
        return weights;
    }

    /// <summary>w_j of one experience from the counts of the whole optimizer batch.</summary>
    /// <param name="normalization">What is averaged over.</param>
    /// <param name="own">E_x, experiences of its prompt.</param>
    /// <param name="prompts">P.</param>
    /// <param name="promptsWithExperience">P_nonempty.</param>
    /// <param name="experiences">E.</param>
    internal static double Weight(ExperienceNormalization normalization, int own, int prompts, int promptsWithExperience, int experiences)
        => normalization switch
        {
            ExperienceNormalization.PromptMeanAll => 1.0 / ((double)prompts * own),
            ExperienceNormalization.PromptMeanNonEmpty => 1.0 / ((double)promptsWithExperience * own),
            _ => 1.0 / experiences,
        };

    /// <summary>sum_j w_j n_j over the experiences at hand.</summary>
    /// <param name="logProbs">log pi_theta of the experiences' tokens after [I, x, y+, y-], [E, T]; carries gradient.</param>
    /// <param name="mask">1 or true on the tokens of the experience, [E, T].</param>
    /// <param name="weights">w_j of these experiences, [E] (<see cref="Weights"/>).</param>
    /// <param name="lengths">
    /// |M_j|, the number of tokens of each whole experience, [E], where the mask selects only a part of them; empty counts what the mask selects.
    /// </param>
    /// <returns>Scalar, []; 0 when there is no experience. Owned by the caller's dispose scope.</returns>
    /// <exception cref="ShapeMismatchException">The inputs do not fit together.</exception>
    public static Tensor Compute(Tensor logProbs, Tensor mask, ReadOnlySpan<double> weights, ReadOnlySpan<int> lengths = default)
    {
        Shapes.RequireMatrix(logProbs, nameof(logProbs));
        Shapes.RequireSame(logProbs, mask, nameof(logProbs), nameof(mask));
        if (weights.Length != logProbs.size(0))
        {
            throw new ShapeMismatchException(
                $"There are {weights.Length} weights for {logProbs.size(0)} experiences; give one per row of logProbs.", nameof(weights));
        }

        if (!lengths.IsEmpty && lengths.Length != weights.Length)
        {
            throw new ShapeMismatchException(
                $"There are {lengths.Length} lengths for {weights.Length} experiences; give one per row of logProbs.", nameof(lengths));
        }

        using var scope = NewDisposeScope();
        if (weights.IsEmpty) return logProbs.sum().MoveToOuterDisposeScope();           // 0, with a graph to an empty input
        double[] perToken = weights.ToArray();
        for (int j = 0; j < lengths.Length; j++) perToken[j] /= Math.Max(1, lengths[j]);
        Tensor w = tensor(perToken, dtype: logProbs.dtype, device: logProbs.device);    // [E]
        Tensor nll = lengths.IsEmpty ? MaskedNll.PerSequence(logProbs, mask) : MaskedNll.PerToken(logProbs, mask).sum(1);
        return (nll * w).sum().MoveToOuterDisposeScope();
    }
}

/// <summary>What the NLL of the validated meta-experiences is averaged over. The two lines of Eq. 7, and Eq. 10, disagree.</summary>
public enum ExperienceNormalization
{
    /// <summary>
    /// Mean over the experiences of a prompt, then over all prompts of the batch; a prompt without one counts as 0 (Eq. 10 to the letter). Additive over
    /// prompts.
    /// </summary>
    PromptMeanAll,

    /// <summary>Mean over the experiences of a prompt, then over the prompts that have one (Eq. 7, second line).</summary>
    PromptMeanNonEmpty,

    /// <summary>Mean over all experiences of the batch (Eq. 7, first line). With few experiences one of them may weigh as much as the whole RL loss.</summary>
    ExperienceMean,
}
