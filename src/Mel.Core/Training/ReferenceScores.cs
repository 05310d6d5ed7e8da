using Mel.Rewards;
using Mel.Rollouts;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>Lets a frozen policy score the trajectories of a step, for divergence terms in the reward or in the loss.</summary>
internal static class ReferenceScores
{
    public static IReadOnlyList<RolloutGroup> AddTo(IReadOnlyList<RolloutGroup> groups, IPolicy reference, int maxTokens, double temperature)
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
                Tensor logProbs = reference.Score(new TokenBatch([.. chunk.Select(t => new TokenSequence(group.PromptTokenIds, t.TokenIds))]) { Temperature = temperature }).LogProbs;
                float[] values = [.. logProbs.cpu().data<float>()];
                int columns = (int)logProbs.size(1);
                trajectories.AddRange(chunk.Select((t, i) => t with { ReferenceLogProbs = values.AsMemory(i * columns, t.TokenIds.Length) }));
            }

            scored.Add(new RolloutGroup(group.Prompt, group.PromptTokenIds, trajectories, group.Verdicts) { Rewards = group.Rewards });
        }

        return scored;
    }
}
