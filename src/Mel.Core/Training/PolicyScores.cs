using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Rewards;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>Scores the trajectories of a step without a gradient, by a frozen reference or by the policy itself before its update.</summary>
/// <param name="role">What the policy is to the run.</param>
/// <param name="policy">Scores.</param>
/// <param name="maxTokens">Tokens that are scored at once, padding included.</param>
internal sealed class PolicyScores(string role, IPolicy policy, int maxTokens)
{
    /// <summary>Whether a log-probability may be minus infinity: a reference may rule out what the policy sampled.</summary>
    public bool MayRuleOut { get; init; }

    /// <summary>Scores every trajectory that has a token and adds its log-probabilities to it.</summary>
    public IReadOnlyList<RolloutGroup> AddTo(IReadOnlyList<RolloutGroup> groups, Func<Trajectory, ReadOnlyMemory<float>, Trajectory> add)
    {
        using Activity? activity = Activities.Start(Activities.Score);
        activity?.SetTag(ActivityTags.Scorer, role).SetTag(ActivityTags.Trajectories, groups.Sum(group => group.Trajectories.Count));
        try
        {
            using var noGrad = no_grad();
            return [.. groups.Select(group => group.WithTrajectories(Scored(group, add)))];
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private Trajectory[] Scored(RolloutGroup group, Func<Trajectory, ReadOnlyMemory<float>, Trajectory> add)
    {
        Trajectory[] trajectories = [.. group.Trajectories];
        int rows = Math.Max(1, maxTokens / (group.PromptTokenIds.Length + trajectories.Max(t => t.TokenIds.Length)));
        foreach (int[] chunk in Enumerable.Range(0, trajectories.Length).Where(i => !trajectories[i].TokenIds.IsEmpty).Chunk(rows))
        {
            using var scope = NewDisposeScope();
            TokenBatch batch = new([.. chunk.Select(i => new TokenSequence(group.PromptTokenIds, trajectories[i].TokenIds))])
            {
                Temperature = group.Sampling?.Temperature ?? 1.0,
            };
            Tensor logProbs = PolicyContract.Score(policy, batch, trains: false, role, group.Prompt.Id).LogProbs;
            float[] values = [.. logProbs.cpu().data<float>()];
            foreach ((int row, int i) in chunk.Index())
            {
                ReadOnlyMemory<float> own = values.AsMemory(row * batch.MaxResponseTokens, trajectories[i].TokenIds.Length);
                Require(new PartPlace(role, policy, group.Prompt.Id, i), own.Span);
                trajectories[i] = add(trajectories[i], own);
            }
        }

        return trajectories;
    }

    private void Require(PartPlace place, ReadOnlySpan<float> values)
    {
        for (int t = 0; t < values.Length; t++)
        {
            if (float.IsNaN(values[t]) || (!MayRuleOut && !float.IsFinite(values[t])))
                throw place.Broken($"gave {values[t]} for the log-probability of token {t}{place.At}; a number is expected. Are its weights still finite?");
        }
    }
}
