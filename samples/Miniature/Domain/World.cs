namespace Mel.Samples.Miniature;

/// <summary>
/// The synthetic domain: 96 operators whose meaning depends on the parity of the value, 192 facts in all, drawn from a seed. With the truth comes what
/// the warm-start corpus believes, so that a model trained on that corpus has something to unlearn.
/// </summary>
public sealed class World
{
    /// <summary>Names the rules of generation; a change that alters any world or question changes it.</summary>
    public const string Version = "miniature-8";

    /// <summary>Seed of the world the committed model belongs to.</summary>
    public const ulong DefaultSeed = 1;

    /// <summary>Number of operators in a world of the standard shape.</summary>
    public const int Operators = 96;

    /// <summary>Number of facts in a world of the standard shape: an operator times a parity.</summary>
    public const int Facts = 2 * Operators;

    /// <summary>Share of the operators about which the corpus is always right.</summary>
    public const double CleanShare = 0.4;

    private readonly Rule[] _truth;
    private readonly bool[] _clean;

    /// <summary>Draws the world of a seed.</summary>
    /// <param name="seed">Names the world.</param>
    /// <param name="shape">How large and how hard it is; the standard shape where null.</param>
    public World(ulong seed = DefaultSeed, WorldShape? shape = null)
    {
        (Seed, Shape) = (seed, shape ?? WorldShape.Standard);
        if (Shape.Operators < 1 || Shape.NamesPerOperator < 1 || Shape.Names > WorldShape.MaxNames)
            throw new ArgumentException(
                $"A world has 1 .. {WorldShape.MaxNames} names of operators, got {Shape.Operators} operators of {Shape.NamesPerOperator} names.",
                nameof(shape));
        _truth = new Rule[2 * Shape.Operators];
        _clean = new bool[Shape.Operators];
        var random = SeededRandom.For(seed, purpose: 1);
        int[] order = [.. Enumerable.Range(0, Shape.Operators)];
        random.Shuffle(order.AsSpan());
        foreach (int op in order[..(int)Math.Round(CleanShare * Shape.Operators)]) _clean[op] = true;

        var beliefs = new double[2 * Shape.Operators][];
        foreach (Fact fact in AllFacts)
        {
            Rule truth = _truth[fact.Index] = Rule.All[random.Next(Rule.All.Count)];
            beliefs[fact.Index] = IsClean(fact.Operator) ? Certainty(truth) : Misconception(truth, random);
        }
        Beliefs = new Beliefs(beliefs, Shape);
    }

    /// <summary>Names the world.</summary>
    public ulong Seed { get; }

    /// <summary>How large and how hard the world is.</summary>
    public WorldShape Shape { get; }

    /// <summary>Every fact of the world, each under the first name of its operator.</summary>
    public IEnumerable<Fact> AllFacts => Fact.Of(Shape.Operators);

    /// <summary>The rule a fact states: the truth, which verifiers know and the corpus does not tell.</summary>
    public Rule TruthOf(Fact fact) => _truth[Shape.Canonical(fact).Index];

    /// <summary>What the corpus believes instead.</summary>
    public Beliefs Beliefs { get; }

    /// <summary>Whether the corpus is always right about an operator.</summary>
    public bool IsClean(int op) => _clean[op % Shape.Operators];

    /// <summary>The solution of a question under the true rules.</summary>
    public Chain Solve(Question question) => Chain.Follow(question, TruthOf);

    private static double[] Certainty(Rule truth)
    {
        var belief = new double[Rule.All.Count];
        belief[truth.Index] = 1;
        return belief;
    }

    /// <summary>Truth with a probability q; of the rest 65 % on one wrong rule, 25 % on a second, 10 % spread over the other five.</summary>
    private double[] Misconception(Rule truth, SeededRandom random)
    {
        double q = Shape.LeastTruth + ((Shape.MostTruth - Shape.LeastTruth) * random.NextDouble());
        int[] wrong = [.. Rule.All.Where(r => r != truth).Select(r => r.Index)];
        random.Shuffle(wrong.AsSpan());

        var belief = new double[Rule.All.Count];
        belief[truth.Index] = q;
        for (int i = 0; i < wrong.Length; i++)
            belief[wrong[i]] = (1 - q) * (i switch { 0 => 0.65, 1 => 0.25, _ => 0.10 / (wrong.Length - 2) });
        return belief;
    }
}
