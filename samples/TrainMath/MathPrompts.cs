using Mel.Prompts;
using Mel.Rollouts;
using Mel.Verifiers;
using Mel.Verifiers.Rules;
using Microsoft.Extensions.AI;

namespace Mel.Samples.TrainMath;

/// <summary>Turns rows of a problem set into questions for the model, and reads the answers that such questions get.</summary>
internal static class MathPrompts
{
    /// <summary>Name of the instruction that asks for a boxed answer.</summary>
    public const string Boxed = "boxed";

    private const string BoxedText = "Please reason step by step, and put your final answer within \\boxed{}.";

    /// <summary>
    /// Adds the instruction to every question and the system message before it. Questions that do not fit with room for an answer are left out, and counted.
    /// </summary>
    /// <exception cref="PromptTooLongException">No row fits.</exception>
    public static IReadOnlyList<Prompt> Prepare(IReadOnlyList<Prompt> rows, RunSettings settings, ISampler sampler, out int tooLong)
    {
        List<Prompt> kept = [];
        int shortest = int.MaxValue;
        foreach (Prompt row in rows)
        {
            Prompt asked = Ask(row, TextOf(settings.Instruction), settings.System);
            int tokens = sampler.Encode(asked.Messages).Length;
            shortest = Math.Min(shortest, tokens);
            if (tokens + settings.MaxTokens <= sampler.ContextTokens) kept.Add(asked);
        }

        tooLong = rows.Count - kept.Count;
        return kept.Count > 0 ? kept : throw new PromptTooLongException(
            $"With {settings.MaxTokens} tokens of answer even the shortest prompt", shortest + settings.MaxTokens, sampler.ContextTokens);
    }

    /// <summary>Where a box was asked for it is needed; otherwise the response may end with the bare number.</summary>
    public static MathVerifier VerifierFor(string instruction)
    {
        if (TextOf(instruction).Contains("\\boxed", StringComparison.Ordinal)) return new MathVerifier();
        ExtractionOptions bare = ExtractionOptions.Training;
        bare.Rules = [.. bare.Rules, ExtractionRule.HashMarks, ExtractionRule.AnswerPhrase, ExtractionRule.WholeResponse, ExtractionRule.LastExpression];
        bare.WholeStatements = false;
        return new MathVerifier(bare);
    }

    private static string TextOf(string instruction) => instruction switch { Boxed => BoxedText, "none" => string.Empty, _ => instruction };

    private static Prompt Ask(Prompt row, string instruction, string? system)
    {
        string added = instruction.Length > 0 ? "\n" + instruction : string.Empty;
        IReadOnlyList<ChatMessage> turns = row.Messages;
        ChatMessage question = turns[^1];
        bool hasSystem = turns[0].Role == ChatRole.System;
        IEnumerable<ChatMessage> before = turns.Take(turns.Count - 1);
        if (system is not null) before = before.Skip(hasSystem ? 1 : 0).Prepend(new ChatMessage(ChatRole.System, system));
        return row with { Text = row.Text + added, Messages = [.. before, new ChatMessage(question.Role, question.Text + added)] };
    }
}
