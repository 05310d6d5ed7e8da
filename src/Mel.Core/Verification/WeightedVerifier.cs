using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Rollouts;
using Mel.Runtime;

namespace Mel.Verification;

/// <summary>
/// Gives a trajectory several weighted rewards, for instance correctness and form. Its reward is their weighted sum. Its verdict, which decides which
/// trajectories the experience loop compares, is that of the first.
/// </summary>
public sealed class WeightedVerifier : IVerifier, IRunPart
{
    private readonly WeightedReward[] _rewards;

    /// <summary>Creates the verifier.</summary>
    /// <param name="rewards">At least one, with names that differ; the first gives the verdict.</param>
    /// <exception cref="ArgumentException">There is no reward, two have one name, or a weight is not finite.</exception>
    public WeightedVerifier(params IReadOnlyList<WeightedReward> rewards)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        if (rewards.Count == 0)
            throw new ArgumentException("There is no reward; give at least the one that says whether the answer is right.", nameof(rewards));
        if (rewards.GroupBy(r => r.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"Two rewards are named '{twice.Key}'; each has a figure of its own and needs a name of its own.", nameof(rewards));
        if (rewards.FirstOrDefault(r => !double.IsFinite(r.Weight)) is { } odd)
            throw new ArgumentException($"The weight of '{odd.Name}' is {odd.Weight}; give a finite number.", nameof(rewards));
        _rewards = [.. rewards];
    }

    /// <inheritdoc/>
    public async ValueTask<Judgement> VerifyAsync(Prompt prompt, Trajectory trajectory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        Judgement first = default;
        RewardPart[] parts = new RewardPart[_rewards.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            IVerifier verifier = _rewards[i].Verifier;
            PartPlace place = new("verifier", verifier, prompt.Id);
            Judgement judgement = await PartCall.RunAsync(
                place, async () => JudgementContract.Required(place, await verifier.VerifyAsync(prompt, trajectory, cancellationToken).ConfigureAwait(false)),
                cancellationToken).ConfigureAwait(false);
            if (i == 0) first = judgement;
            parts[i] = new RewardPart(_rewards[i].Name, judgement.Reward, _rewards[i].Weight);
        }

        return first with { Parts = parts };
    }

    /// <inheritdoc/>
    public void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        foreach (WeightedReward reward in _rewards)
        {
            identity.Add(reward.Name, reward.Verifier);
            identity.Set(reward.Name + ".weight", reward.Weight);
        }
    }
}

/// <summary>A named reward of a <see cref="WeightedVerifier"/>.</summary>
public sealed class WeightedReward(string name, IVerifier verifier, double weight = 1.0)
{
    /// <summary>Name of the reward in reports, where it has a figure of its own.</summary>
    public string Name { get; } = name;

    /// <summary>The verifier whose score, or 1 or 0 for a plain verdict, is the reward.</summary>
    public IVerifier Verifier { get; } = verifier;

    /// <summary>Factor of the reward in the sum, any finite number.</summary>
    public double Weight { get; } = weight;
}
