namespace Mel.Samples.Miniature;

/// <summary>
/// What the authors of the warm-start corpus believe about every fact: one rule where the operator is clean, and otherwise a distribution that favors
/// misconceptions. Who holds only this cannot tell what is true.
/// </summary>
public sealed class Beliefs
{
    private readonly double[][] _probabilities;

    internal Beliefs(double[][] probabilities, WorldShape shape) => (_probabilities, Shape) = (probabilities, shape);

    /// <summary>How large the world is that is written about.</summary>
    public WorldShape Shape { get; }

    /// <summary>Probability of each rule of <see cref="Rule.All"/> wherever the fact is used or stated.</summary>
    public ReadOnlySpan<double> Of(Fact fact) => _probabilities[Shape.Canonical(fact).Index];

    /// <summary>The rule that an author uses this time.</summary>
    /// <param name="fact">What the author needs to know.</param>
    /// <param name="random">Where the draw comes from.</param>
    public Rule Draw(Fact fact, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Rule.All[random.Draw(Of(fact))];
    }
}
