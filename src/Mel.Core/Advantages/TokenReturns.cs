namespace Mel.Advantages;

/// <summary>Reward-to-go of one trajectory: R_t = r_t + gamma R_(t+1).</summary>
internal static class TokenReturns
{
    /// <summary>The return of each token: its reward and the discounted rewards after it.</summary>
    /// <param name="rewards">One reward per token.</param>
    /// <param name="mask">Which tokens count; empty for all. A token that does not count carries no reward of its own.</param>
    /// <param name="discount">gamma, unitless, in [0, 1].</param>
    /// <param name="discountUnmasked">
    /// Whether a token that does not count (a tool's output) still costs a factor of gamma, as in OpenRLHF, and holds the running return; otherwise it is
    /// skipped and holds 0, as in verl.
    /// </param>
    /// <returns>One return per token.</returns>
    public static double[] Accumulate(ReadOnlySpan<double> rewards, ReadOnlySpan<bool> mask, double discount = 1, bool discountUnmasked = false)
    {
        if (!mask.IsEmpty && mask.Length != rewards.Length)
            throw new ArgumentException($"The mask has {mask.Length} positions for {rewards.Length} rewards; give one each.", nameof(mask));
        var returns = new double[rewards.Length];
        double running = 0;
        for (int t = rewards.Length - 1; t >= 0; t--)
        {
            bool counts = mask.IsEmpty || mask[t];
            if (counts || discountUnmasked)
            {
                running = (counts ? rewards[t] : 0) + discount * running;
                returns[t] = running;
            }
        }
        return returns;
    }

    /// <summary>The rewards of <see cref="Accumulate"/> for one outcome reward: r at the last token that counts, minus a penalty at each.</summary>
    /// <param name="outcome">Reward of the whole trajectory.</param>
    /// <param name="length">Tokens.</param>
    /// <param name="divergence">Per-token divergence; empty for none.</param>
    /// <param name="coefficient">beta: how much a nat of divergence costs.</param>
    /// <param name="mask">Which tokens count; empty for all.</param>
    /// <returns>One reward per token.</returns>
    public static double[] OutcomeReward(
        double outcome, int length, ReadOnlySpan<double> divergence = default, double coefficient = 0, ReadOnlySpan<bool> mask = default)
    {
        if (!divergence.IsEmpty && divergence.Length != length)
            throw new ArgumentException($"There are {divergence.Length} divergences for {length} tokens; give one each.", nameof(divergence));
        var rewards = new double[length];
        for (int t = 0; t < divergence.Length; t++) rewards[t] = -coefficient * divergence[t];
        int last = mask.IsEmpty ? length - 1 : mask.LastIndexOf(true);
        if (last >= 0) rewards[last] += outcome;
        return rewards;
    }
}
