namespace Mel.Verifiers.Tests.Oracle;

/// <summary>Makes pairs out of random expressions: a rewriting of the gold, or a rewriting with a slip. The oracle has the last word on both.</summary>
internal abstract class ExpressionPairs
{
    private readonly Rewriting _rewriting;

    protected ExpressionPairs(int seed)
    {
        Dice = new Dice(seed);
        _rewriting = new Rewriting(Dice);
        Latex = new LatexWriter(Dice);
    }

    protected Dice Dice { get; }

    protected LatexWriter Latex { get; }

    protected abstract bool? Same(Expression a, Expression b);

    protected abstract (string Kind, Expression Expression) Draw();

    /// <summary>Another expression that is the same by a law of its own kind, where there is one.</summary>
    protected virtual Expression? Identity(Expression gold) => null;

    public Pair Next(bool same)
    {
        while (true)
        {
            (string kind, Expression gold) = Draw();
            Expression answer = Identity(gold) ?? _rewriting.Rewrite(gold, Dice.Next(1, 4));
            if (!same) answer = _rewriting.Slip(Dice.Coin() ? answer : gold);
            bool? verdict = Same(gold, answer);
            if (same && verdict == false)
                throw new InvalidOperationException($"a rewriting of {Latex.Write(gold)} changed its value: {Latex.Write(answer)}");
            if (verdict == same) return new Pair(kind, Latex.Write(gold), Latex.Write(answer), same);
        }
    }
}
