using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Samples.Miniature;

namespace Mel.Samples.Study;

/// <summary>The help from outside of the arms that have it: a teacher who knows the world.</summary>
/// <param name="world">Knows the facts.</param>
internal sealed class TrueHelp(World world)
{
    private static readonly WordTokenizer Tokenizer = new();

    /// <summary>The question with a true lesson about the first step at which an attempt went wrong; null where no attempt shows one.</summary>
    public string? Hint(RolloutGroup group)
    {
        foreach (Trajectory attempt in group.Trajectories)
        {
            if (!Chain.TryParse(attempt.Text, out Chain? chain, out _)) continue;
            if (chain.Steps.FirstOrDefault(s => world.TruthOf(s.Fact) != s.Rule) is not { } wrong) continue;
            Lesson lesson = new(wrong.Number, wrong.Value, wrong.Fact, world.TruthOf(wrong.Fact), wrong.Rule);
            return MiniatureLanguage.Advise(group.Prompt.Text, lesson.ToString());
        }

        return null;
    }

    /// <summary>The true solution of a question as a trace of another author, who left no log-probabilities.</summary>
    public IReadOnlyList<Trajectory> Traces(Prompt prompt)
    {
        if (!Question.TryParse(prompt.Text, out Question? question)) return [];
        string text = world.Solve(question).ToString();
        int[] tokens = [.. Tokenizer.Encode(text), Vocabulary.EndId];
        return [new Trajectory(tokens, new float[tokens.Length], text, FinishReason.Stop)];
    }
}
