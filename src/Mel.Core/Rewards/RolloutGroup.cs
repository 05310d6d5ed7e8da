using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Rewards;

/// <summary>The G trajectories sampled for one prompt with what the verifier said of each (Eq. 1).</summary>
public sealed record RolloutGroup
{
    /// <summary>Creates a group whose rewards are those of the judgements.</summary>
    /// <param name="prompt">The question.</param>
    /// <param name="promptTokenIds">The tokens the policy continued; one memory shared by the whole group.</param>
    /// <param name="trajectories">The sampled responses.</param>
    /// <param name="judgements">One judgement per trajectory; plain verdicts convert.</param>
    /// <exception cref="ArgumentException">The group is empty or the two lists differ in length.</exception>
    public RolloutGroup(Prompt prompt, ReadOnlyMemory<int> promptTokenIds, IReadOnlyList<Trajectory> trajectories, IReadOnlyList<Judgement> judgements)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(trajectories);
        ArgumentNullException.ThrowIfNull(judgements);
        if (trajectories.Count == 0)
            throw new ArgumentException($"The group of prompt '{prompt.Id}' holds no trajectory; a group needs at least one.", nameof(trajectories));
        if (judgements.Count != trajectories.Count)
            throw new ArgumentException(
                $"The group of prompt '{prompt.Id}' has {trajectories.Count} trajectories but {judgements.Count} judgements; give one per trajectory.",
                nameof(judgements));
        Prompt = prompt;
        PromptTokenIds = promptTokenIds;
        Trajectories = trajectories;
        Judgements = judgements;
        Verdicts = [.. judgements.Select(j => j.Verdict)];
        Rewards = [.. judgements.Select(j => j.Reward)];
    }

    /// <summary>The question.</summary>
    public Prompt Prompt { get; }

    /// <summary>The tokens the policy continued.</summary>
    public ReadOnlyMemory<int> PromptTokenIds { get; }

    /// <summary>The sampled responses, y_1 .. y_G.</summary>
    public IReadOnlyList<Trajectory> Trajectories { get; private init; }

    /// <summary>The judgement of each trajectory.</summary>
    public IReadOnlyList<Judgement> Judgements { get; private init; }

    /// <summary>The verdict of each judgement.</summary>
    public IReadOnlyList<Verdict> Verdicts { get; private init; }

    /// <summary>
    /// One reward per trajectory: that of its judgement, unless a shaping stage (a length penalty, for instance) replaced it. NaN means that no judgement was
    /// possible: the trajectory leaves the statistics of its group and does not train.
    /// </summary>
    public IReadOnlyList<double> Rewards { get; init; }

    /// <summary>How the trajectories were sampled; null where whoever made the group does not say.</summary>
    public SamplingOptions? Sampling { get; init; }

    /// <summary>The same group with further data of its trajectories, for instance the log-probabilities of another policy.</summary>
    /// <param name="trajectories">As many as the group has.</param>
    internal RolloutGroup WithTrajectories(IReadOnlyList<Trajectory> trajectories) => this with { Trajectories = trajectories };

    /// <summary>The same group with further trajectories after its own.</summary>
    /// <param name="trajectories">Attempts that were not among the G sampled ones: replays, repairs.</param>
    /// <param name="judgements">One per further trajectory.</param>
    internal RolloutGroup With(IReadOnlyList<Trajectory> trajectories, IReadOnlyList<Judgement> judgements) => this with
    {
        Trajectories = [.. Trajectories, .. trajectories],
        Judgements = [.. Judgements, .. judgements],
        Verdicts = [.. Verdicts, .. judgements.Select(j => j.Verdict)],
        Rewards = [.. Rewards, .. judgements.Select(j => j.Reward)],
    };
}
