using Mel.Rollouts;

namespace Mel.Testing;

/// <summary>Remembers everything a policy is asked to score.</summary>
/// <param name="inner">The policy that does the work.</param>
public sealed class ScoreSpy(IPolicy inner) : DelegatingPolicy(inner)
{
    public List<TokenBatch> Batches { get; } = [];

    public int Calls => Batches.Count;

    public override TokenScores Score(TokenBatch batch)
    {
        Batches.Add(batch);
        return base.Score(batch);
    }
}
