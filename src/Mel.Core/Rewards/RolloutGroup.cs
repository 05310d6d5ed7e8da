using Mel.Rollouts;
using Mel.Prompts;
using Mel.Verification;

namespace Mel.Rewards;

/// <summary>The G trajectories sampled for one prompt with what the verifier said of each (Eq. 1).</summary>
public sealed record RolloutGroup
{
    /// <summary>Creates a group whose rewards follow from the verdicts: 1, 0, or NaN where no judgement was possible.</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="promptTokenIds">The tokens the policy continued; one memory shared by the whole group.</param>
    /// <param name="trajectories">The sampled responses.</param>
    /// <param name="verdicts">One verdict per trajectory.</param>
    /// <exception cref="ArgumentException">The group is empty or the two lists differ in length.</exception>
    public RolloutGroup(Prompt prompt, ReadOnlyMemory<int> promptTokenIds, IReadOnlyList<Trajectory> trajectories, IReadOnlyList<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectories);
        ArgumentNullException.ThrowIfNull(verdicts);
        if (trajectories.Count == 0) throw new ArgumentException($"The group of prompt '{prompt.Id}' holds no trajectory; a group needs at least one.", nameof(trajectories));
        if (verdicts.Count != trajectories.Count)
            throw new ArgumentException($"The group of prompt '{prompt.Id}' has {trajectories.Count} trajectories but {verdicts.Count} verdicts; give one verdict per trajectory.", nameof(verdicts));
        Prompt = prompt;
        PromptTokenIds = promptTokenIds;
        Trajectories = trajectories;
        Verdicts = verdicts;
        Rewards = [.. verdicts.Select(v => v switch { Verdict.Correct => 1.0, Verdict.Incorrect => 0.0, _ => double.NaN })];
    }

    /// <summary>The question.</summary>
    public Prompt Prompt { get; }

    /// <summary>The tokens the policy continued.</summary>
    public ReadOnlyMemory<int> PromptTokenIds { get; }

    /// <summary>The sampled responses: y_1 .. y_G.</summary>
    public IReadOnlyList<Trajectory> Trajectories { get; }

    /// <summary>One verdict per trajectory.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; }

    /// <summary>
    /// One reward per trajectory: r_i of Eq. 1, unless a shaping stage (a length penalty, for instance) replaced them. NaN means that no judgement was
    /// possible: the trajectory leaves the statistics of its group and does not train.
    /// </summary>
    public IReadOnlyList<double> Rewards { get; init; }
}
