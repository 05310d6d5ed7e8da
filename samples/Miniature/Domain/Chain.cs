using System.Diagnostics.CodeAnalysis;

namespace Mel.Samples.Miniature;

/// <summary>A worked solution, right or wrong: its steps and the answer, written <c>step1 .. step2 .. step3 .. ANS 30</c>.</summary>
/// <param name="Steps">One step per operator of the question.</param>
/// <param name="Answer">The final value.</param>
public sealed record Chain(IReadOnlyList<ChainStep> Steps, int Answer)
{
    /// <summary>Number of tokens of a solution of a question of standard length, the end token included: the limit for rollouts.</summary>
    public const int StandardTokens = (ChainStep.WordCount * Question.StandardLength) + 3;

    /// <summary>Number of words of a chain over the given number of operators, without the token that ends it.</summary>
    public static int WordCount(int length) => (ChainStep.WordCount * length) + 2;

    /// <summary>Works a question with the rules that a believer holds, without slips of arithmetic.</summary>
    /// <param name="question">What to solve.</param>
    /// <param name="ruleOf">The believer: asked once per step.</param>
    public static Chain Follow(Question question, Func<Fact, Rule> ruleOf)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(ruleOf);
        var steps = new ChainStep[question.Operators.Count];
        int value = question.Start;
        for (int i = 0; i < steps.Length; i++)
        {
            var fact = Fact.Of(question.Operators[i], value);
            Rule rule = ruleOf(fact);
            steps[i] = new ChainStep(i + 1, value, fact, rule, rule.Apply(value));
            value = steps[i].Result;
        }
        return new Chain(steps, value);
    }

    /// <summary>Reads what <see cref="ToString"/> writes. Only the form is checked: the values, rules and operators are the writer's own.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="malformed">Otherwise the reason why the text is not a chain.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Chain? chain, [NotNullWhen(false)] out string? malformed)
    {
        ArgumentNullException.ThrowIfNull(text);
        chain = null;
        string[] words = text.Split(' ', WordCount(Question.MaxLength) + 1);
        int length = (words.Length - 2) / ChainStep.WordCount;
        if (length is < 1 or > Question.MaxLength || words.Length != WordCount(length))
        {
            malformed = $"{words.Length} words are no whole number of steps and an answer";
            return false;
        }

        var steps = new ChainStep[length];
        for (int i = 0; i < length; i++)
        {
            ReadOnlySpan<string> w = words.AsSpan(i * ChainStep.WordCount, ChainStep.WordCount);
            if (w[0] != $"step{i + 1}" || !Words.TryReadValue(w[1], out int value) || !Words.TryReadFact(w[2], w[3], out Fact fact)
                || !Words.TryReadRule(w[4], out Rule? rule) || !Words.TryReadValue(w[5], out int result))
            {
                malformed = $"'{string.Join(' ', w!)}' is not of the form 'step{i + 1} value operator parity rule value'";
                return false;
            }
            steps[i] = new ChainStep(i + 1, value, fact, rule, result);
        }
        if (words[^2] != Words.Answer || !Words.TryReadValue(words[^1], out int answer))
        {
            malformed = $"'{words[^2]} {words[^1]}' is not of the form '{Words.Answer} value'";
            return false;
        }
        malformed = null;
        chain = new Chain(steps, answer);
        return true;
    }

    /// <summary>The words of the chain.</summary>
    public override string ToString() => $"{string.Join(' ', Steps)} {Words.Answer} {Answer}";
}
