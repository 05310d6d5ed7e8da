using Mel.Rewards;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>Scores the trajectories of a step without a gradient, by a frozen reference or by the policy itself before its update.</summary>
internal static class PolicyScores
{
    /// <summary>Scores every trajectory and adds its log-probabilities to it.</summary>
    public static IReadOnlyList<RolloutGroup> AddTo(
        IReadOnlyList<RolloutGroup> groups, IPolicy policy, int maxTokens, Func<Trajectory, ReadOnlyMemory<float>, Trajectory> add)
    {
        using var noGrad = no_grad();
        List<RolloutGroup> scored = [];
        foreach (RolloutGroup group in groups)
        {
            List<Trajectory> trajectories = [];
            int rows = Math.Max(1, maxTokens / (group.PromptTokenIds.Length + group.Trajectories.Max(t => t.TokenIds.Length)));
            foreach (Trajectory[] chunk in group.Trajectories.Chunk(rows))
            {
                using var scope = NewDisposeScope();
                TokenBatch batch = new([.. chunk.Select(t => new TokenSequence(group.PromptTokenIds, t.TokenIds))])
                {
                    Temperature = group.Sampling?.Temperature ?? 1.0,
                };
                Tensor logProbs = policy.Score(batch).LogProbs;
                float[] values = [.. logProbs.cpu().data<float>()];
                int columns = (int)logProbs.size(1);
                trajectories.AddRange(chunk.Select((t, i) => add(t, values.AsMemory(i * columns, t.TokenIds.Length))));
            }

            scored.Add(group.WithTrajectories(trajectories));
        }

        return scored;
    }
}
