using System.Diagnostics.CodeAnalysis;

namespace Mel.Samples.Miniature;

/// <summary>
/// A meta-experience in the words of the world (Eq. 5), written <c>step2 21 op40 odd +9 NOT -7 HEUR op40 odd +9</c>: the bifurcation point, a critique that
/// works the step again with the rule of the correct solution and names the rule that failed, and a heuristic without numbers.
/// </summary>
/// <param name="Step">Bifurcation point s*: number of the first step at which the solutions part.</param>
/// <param name="Value">The value before that step.</param>
/// <param name="Fact">The operator and parity of that step.</param>
/// <param name="Right">Critique: the rule the correct solution applied.</param>
/// <param name="Wrong">Critique: the rule the incorrect solution applied.</param>
/// <param name="HeuristicFact">Heuristic: when the operator is this one and the parity is this one ...</param>
/// <param name="HeuristicRule">... apply this rule.</param>
public sealed record Lesson(int Step, int Value, Fact Fact, Rule Right, Rule Wrong, Fact HeuristicFact, Rule HeuristicRule)
{
    /// <summary>Number of words of a lesson, without the token that ends it.</summary>
    public const int WordCount = 11;

    /// <summary>A lesson whose heuristic states what its critique found.</summary>
    public Lesson(int step, int value, Fact fact, Rule right, Rule wrong) : this(step, value, fact, right, wrong, fact, right)
    {
    }

    /// <summary>The words of the bifurcation point.</summary>
    public string BifurcationText => $"step{Step}";

    /// <summary>The words of the critique.</summary>
    public string CritiqueText => $"{Value} {Fact} {Right} {Words.Not} {Wrong}";

    /// <summary>The words of the heuristic.</summary>
    public string HeuristicText => $"{Words.Heuristic} {HeuristicFact} {HeuristicRule}";

    /// <summary>The lesson that a perfect reader draws from two solutions of one question, taking their labels for granted.</summary>
    /// <param name="correct">The solution labeled correct.</param>
    /// <param name="incorrect">The solution labeled incorrect.</param>
    /// <returns>Null when the first difference is not one of rules, so that a lesson has no words for it.</returns>
    public static Lesson? Between(Chain correct, Chain incorrect)
    {
        ArgumentNullException.ThrowIfNull(correct);
        ArgumentNullException.ThrowIfNull(incorrect);
        (ChainStep right, ChainStep wrong) = correct.Steps.Zip(incorrect.Steps).FirstOrDefault(pair => pair.First != pair.Second);
        bool differsByRule = right is not null && right.Value == wrong.Value && right.Fact == wrong.Fact && right.Rule != wrong.Rule;
        return differsByRule ? new Lesson(right!.Number, right.Value, right.Fact, right.Rule, wrong.Rule) : null;
    }

    /// <summary>Whether the heuristic states a fact of the world. For tests and reports: no prompt and no training signal is made from it.</summary>
    /// <param name="world">Knows the facts.</param>
    public bool IsTrueIn(World world)
    {
        ArgumentNullException.ThrowIfNull(world);
        return world.TruthOf(HeuristicFact) == HeuristicRule;
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <param name="lesson">The lesson.</param>
    /// <param name="malformed">Otherwise the reason why the text is not a lesson.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Lesson? lesson, [NotNullWhen(false)] out string? malformed)
    {
        ArgumentNullException.ThrowIfNull(text);
        lesson = null;
        string[] w = text.Split(' ', WordCount + 1);
        malformed = w.Length != WordCount ? $"{(w.Length > WordCount ? "more" : "fewer")} than {WordCount} words"
            : !Words.TryReadStep(w[0], out _) ? $"no step: '{w[0]}'"
            : !Words.TryReadValue(w[1], out _) ? $"no value: '{w[1]}'"
            : !Words.TryReadFact(w[2], w[3], out _) ? $"no operator and parity: '{w[2]} {w[3]}'"
            : !Words.TryReadRule(w[4], out _) ? $"no rule: '{w[4]}'"
            : w[5] != Words.Not ? $"'{w[5]}' where '{Words.Not}' is expected"
            : !Words.TryReadRule(w[6], out _) ? $"no rejected rule: '{w[6]}'"
            : w[7] != Words.Heuristic ? $"'{w[7]}' where '{Words.Heuristic}' is expected"
            : !Words.TryReadFact(w[8], w[9], out _) ? $"no operator and parity in the heuristic: '{w[8]} {w[9]}'"
            : !Words.TryReadRule(w[10], out _) ? $"no rule in the heuristic: '{w[10]}'"
            : null;
        if (malformed is not null) return false;

        _ = Words.TryReadStep(w[0], out int step) & Words.TryReadValue(w[1], out int value) & Words.TryReadFact(w[2], w[3], out Fact fact);
        _ = Words.TryReadFact(w[8], w[9], out Fact heuristicFact);
        lesson = new Lesson(step, value, fact, RuleOf(w[4]), RuleOf(w[6]), heuristicFact, RuleOf(w[10]));
        return true;
    }

    /// <summary>The words of the lesson.</summary>
    public override string ToString() => $"{BifurcationText} {CritiqueText} {HeuristicText}";

    private static Rule RuleOf(string word) => Words.TryReadRule(word, out Rule? rule) ? rule : throw new FormatException($"'{word}' is no rule.");
}
