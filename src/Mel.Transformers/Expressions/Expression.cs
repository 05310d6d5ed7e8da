namespace Mel.Transformers.Expressions;

/// <summary>
/// A compiled regular expression over Unicode characters, as tokenizer files split text with. Finding all matches of a text takes time proportional to its
/// length, whatever the expression is. Instances are immutable.
/// </summary>
/// <remarks>
/// .NET's own expressions work on UTF-16 units, so that <c>\p{L}</c> knows no letter above U+FFFF, and they differ from Oniguruma, for which the published
/// expressions are written, in the meaning of <c>\w</c>, <c>$</c> and case folding.
/// </remarks>
internal sealed class Expression
{
    private Expression(Node node)
    {
        if (node.IsNullable) throw new ExpressionException("it may match nothing at all");
        Steps = ExpressionCompiler.Compile(node);
        First = ExpressionCompiler.First(node) is { } first ? new CharacterSet(first) : null;
    }

    /// <summary>Its steps.</summary>
    public Instruction[] Steps { get; }

    /// <summary>The characters that a match can begin with, or null for any.</summary>
    public CharacterSet? First { get; }

    /// <summary>Reads an expression.</summary>
    /// <exception cref="ExpressionException">It is malformed, asks for what is not built, or may match nothing at all.</exception>
    public static Expression Parse(string pattern) => new(ExpressionParser.Parse(pattern));

    /// <summary>The expression that matches a text word for word.</summary>
    public static Expression Literal(string text)
        => text.Length is 0 or > ExpressionParser.Longest
            ? throw new ExpressionException($"a text of {text.Length:N0} characters; 1 to {ExpressionParser.Longest:N0} are supported")
            : new(new Node.Sequence([.. text.EnumerateRunes().Select(rune => rune.Value).Select(value => new Node.One(c => c == value))]));

    /// <summary>The expression that matches one character of a set.</summary>
    public static Expression One(Func<int, bool> contains) => new(new Node.One(contains));

    /// <summary>The expression that matches runs of characters, each of one of some sets.</summary>
    public static Expression Runs(params Func<int, bool>[] sets)
        => new(new Node.Choice([.. sets.Select(set => new Node.Repeat(new Node.One(set), 1, int.MaxValue, Manner.Greedy))]));

    /// <summary>The search for its matches in a text.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    public ExpressionMatcher Matches(ReadOnlySpan<char> text) => new(this, text);
}
