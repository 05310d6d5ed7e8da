namespace Mel.Samples.Miniature;

/// <summary>One reasoning step as it was written, right or wrong: <c>step2 21 op40 odd +9 30</c>.</summary>
/// <param name="Number">1 for the first step.</param>
/// <param name="Value">The value the operator is applied to.</param>
/// <param name="Fact">The operator and the parity the writer sees.</param>
/// <param name="Rule">The rule the writer believes in.</param>
/// <param name="Result">The value the writer arrives at.</param>
public sealed record ChainStep(int Number, int Value, Fact Fact, Rule Rule, int Result)
{
    /// <summary>Number of words of a step.</summary>
    public const int WordCount = 6;

    /// <summary>The words of the step.</summary>
    public override string ToString() => $"step{Number} {Value} {Fact} {Rule} {Result}";
}
