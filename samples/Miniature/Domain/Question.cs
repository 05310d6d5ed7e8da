using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Mel.Prompts;

namespace Mel.Samples.Miniature;

/// <summary>A start value and the operators to apply to it in order, written <c>Q 17 op12 op40 op3</c>.</summary>
public sealed class Question : IEquatable<Question>
{
    /// <summary>Number of operators in the questions of a world of the standard shape.</summary>
    public const int StandardLength = 3;

    /// <summary>Largest number of operators a question can have: there are words for that many steps.</summary>
    public const int MaxLength = 8;

    /// <summary>Creates a question.</summary>
    /// <param name="start">0 .. 31.</param>
    /// <param name="operators">One to eight names of operators; in a world of the standard shape each is 0 .. 95.</param>
    public Question(int start, IReadOnlyList<int> operators)
    {
        ArgumentNullException.ThrowIfNull(operators);
        if (start is < 0 or >= Rule.Modulus) throw new ArgumentOutOfRangeException(nameof(start), start, $"A start value is 0 .. {Rule.Modulus - 1}.");
        if (operators.Count is < 1 or > MaxLength)
            throw new ArgumentException($"A question has 1 .. {MaxLength} operators, got {operators.Count}.", nameof(operators));
        foreach (int op in operators)
            if (op is < 0 or >= WorldShape.MaxNames)
                throw new ArgumentOutOfRangeException(nameof(operators), op, $"An operator is 0 .. {WorldShape.MaxNames - 1}.");
        Start = start;
        Operators = [.. operators];
    }

    /// <summary>The value the first operator is applied to.</summary>
    public int Start { get; }

    /// <summary>The operators in the order in which they are applied.</summary>
    public IReadOnlyList<int> Operators { get; }

    /// <summary>
    /// Whether the question is kept for evaluation. It follows from the question alone (one in eight), so that training and held-out sets of any seed are
    /// disjoint.
    /// </summary>
    public bool IsHeldOut
    {
        get
        {
            ulong hash = (ulong)Start;
            foreach (int op in Operators) hash = SeededRandom.Mix((hash * World.Operators) + (ulong)op + 1);
            return (hash & 7) == 0;
        }
    }

    /// <summary>Draws a question of one of the two halves.</summary>
    /// <param name="random">Where the draw comes from.</param>
    /// <param name="heldOut">Whether a question of the evaluation half is wanted, or one of the training half.</param>
    /// <param name="shape">The world's; the standard shape where null.</param>
    public static Question Draw(SeededRandom random, bool heldOut, WorldShape? shape = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        shape ??= WorldShape.Standard;
        while (true)
        {
            int start = random.Next(Rule.Modulus);
            var operators = new int[shape.QuestionLength];
            for (int i = 0; i < operators.Length; i++) operators[i] = random.Next(shape.Names);
            var question = new Question(start, operators);
            if (question.IsHeldOut == heldOut) return question;
        }
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Question? question)
    {
        ArgumentNullException.ThrowIfNull(text);
        question = null;
        string[] words = text.Split(' ');
        if (words.Length is < 3 or > MaxLength + 2 || words[0] != Words.Question || !Words.TryReadValue(words[1], out int start)) return false;
        var operators = new int[words.Length - 2];
        for (int i = 0; i < operators.Length; i++)
            if (!Words.TryReadOperator(words[i + 2], out operators[i])) return false;
        question = new Question(start, operators);
        return true;
    }

    /// <summary>The question as a prompt whose answer is the value the true rules lead to.</summary>
    /// <param name="world">Knows the true rules.</param>
    public Prompt ToPrompt(World world)
    {
        ArgumentNullException.ThrowIfNull(world);
        string id = $"miniature/{Start}-{string.Join('-', Operators)}";
        return new Prompt(id, ToString(), world.Solve(this).Answer.ToString(CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public bool Equals(Question? other) => other is not null && Start == other.Start && Operators.SequenceEqual(other.Operators);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Question);

    /// <inheritdoc/>
    public override int GetHashCode() => Operators.Aggregate(Start, HashCode.Combine);

    /// <summary>The words of the question.</summary>
    public override string ToString() => $"{Words.Question} {Start} {string.Join(' ', Operators.Select(op => $"op{op}"))}";
}
