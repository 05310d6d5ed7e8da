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

    /// <summary>Number of operators.</summary>
    public const int Operators = 96;

    /// <summary>Number of facts: an operator times a parity.</summary>
    public const int Facts = 2 * Operators;

    /// <summary>Share of the operators about which the corpus is always right.</summary>
    public const double CleanShare = 0.4;

    private readonly Rule[] _truth = new Rule[Facts];
    private readonly bool[] _clean = new bool[Operators];

    /// <summary>Draws the world of a seed.</summary>
    /// <param name="seed">Names the world.</param>
    public World(ulong seed = DefaultSeed)
    {
        Seed = seed;
        var random = SeededRandom.For(seed, purpose: 1);
        int[] order = [.. Enumerable.Range(0, Operators)];
        random.Shuffle(order.AsSpan());
        foreach (int op in order[..(int)Math.Round(CleanShare * Operators)]) _clean[op] = true;

        var beliefs = new double[Facts][];
        foreach (Fact fact in Fact.All)
        {
            Rule truth = _truth[fact.Index] = Rule.All[random.Next(Rule.All.Count)];
            beliefs[fact.Index] = IsClean(fact.Operator) ? Certainty(truth) : Misconception(truth, random);
        }
        Beliefs = new Beliefs(beliefs);
    }

    /// <summary>Names the world.</summary>
    public ulong Seed { get; }

    /// <summary>The rule a fact states: the truth, which verifiers know and the corpus does not tell.</summary>
    public Rule TruthOf(Fact fact) => _truth[fact.Index];

    /// <summary>What the corpus believes instead.</summary>
    public Beliefs Beliefs { get; }

    /// <summary>Whether the corpus is always right about an operator.</summary>
    public bool IsClean(int op) => _clean[op];

    /// <summary>The solution of a question under the true rules.</summary>
    public Chain Solve(Question question) => Chain.Follow(question, TruthOf);

    private static double[] Certainty(Rule truth)
    {
        var belief = new double[Rule.All.Count];
        belief[truth.Index] = 1;
        return belief;
    }

    /// <summary>Truth with probability q ~ U(0.2, 0.5); of the rest 65 % on one wrong rule, 25 % on a second, 10 % spread over the other five.</summary>
    private static double[] Misconception(Rule truth, SeededRandom random)
    {
        double q = 0.2 + (0.3 * random.NextDouble());
        int[] wrong = [.. Rule.All.Where(r => r != truth).Select(r => r.Index)];
        random.Shuffle(wrong.AsSpan());

        var belief = new double[Rule.All.Count];
        belief[truth.Index] = q;
        for (int i = 0; i < wrong.Length; i++)
            belief[wrong[i]] = (1 - q) * (i switch { 0 => 0.65, 1 => 0.25, _ => 0.10 / (wrong.Length - 2) });
        return belief;
    }
}
