using Mel.Prompts;
using Mel.Rollouts;

namespace Mel.Samples.TrainMath;

/// <summary>Turns rows of a problem set into questions for the model.</summary>
internal static class MathPrompts
{
    private const string Instruction = "\nPlease reason step by step, and put your final answer within \\boxed{}.";

    /// <summary>Adds the instruction that asks for a boxed answer, and leaves out, and counts, what does not fit with room for an answer.</summary>
    /// <exception cref="PromptTooLongException">No row fits.</exception>
    public static IReadOnlyList<Prompt> Prepare(IReadOnlyList<Prompt> rows, ISampler sampler, int answerTokens, out int tooLong)
    {
        List<Prompt> kept = [];
        int shortest = int.MaxValue;
        foreach (Prompt row in rows)
        {
            Prompt asked = row with { Text = row.Text + Instruction };
            int tokens = sampler.Encode(asked.Text).Length;
            shortest = Math.Min(shortest, tokens);
            if (tokens + answerTokens <= sampler.ContextTokens) kept.Add(asked);
        }

        tooLong = rows.Count - kept.Count;
        return kept.Count > 0
            ? kept
            : throw new PromptTooLongException(
                $"With {answerTokens} tokens of answer even the shortest prompt", shortest + answerTokens, sampler.ContextTokens);
    }
}
