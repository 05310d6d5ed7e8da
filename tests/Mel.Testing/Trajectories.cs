using Mel.Prompts;
using Mel.Rewards;
using Mel.Rollouts;
using Mel.Verification;

namespace Mel.Testing;

/// <summary>Trajectories and groups written by hand.</summary>
public static class Trajectories
{
    /// <summary>Token that ends a text and leaves no trace in it.</summary>
    public const int Stop = 0;

    /// <summary>The tokens of a text: one per character, its code.</summary>
    public static int[] Tokens(string text) => [.. text.Select(c => (int)c)];

    /// <summary>A text as if it had been sampled, with the stop token unless it was cut off.</summary>
    public static Trajectory Of(string text, bool stops = true)
    {
        int[] ids = stops ? [.. Tokens(text), Stop] : Tokens(text);
        return new Trajectory(ids, Enumerable.Repeat(-1f, ids.Length).ToArray(), text, stops ? FinishReason.Stop : FinishReason.Length)
        {
            TextEnds = Enumerable.Range(1, ids.Length).Select(n => Math.Min(n, text.Length)).ToArray(),
        };
    }

    /// <summary>A group of texts; those in <paramref name="correct"/> are right, all others wrong.</summary>
    public static RolloutGroup Group(Prompt prompt, IReadOnlyList<string> texts, params IReadOnlyList<int> correct)
        => new(
            prompt, Tokens(prompt.Text), [.. texts.Select(t => Of(t))],
            [.. texts.Select((_, i) => (Judgement)(correct.Contains(i) ? Verdict.Correct : Verdict.Incorrect))]);
}
