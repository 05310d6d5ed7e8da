using Mel.Rollouts;

namespace Mel.Testing;

/// <summary>A policy whose results are changed on their way out, for tests of what is refused.</summary>
/// <param name="inner">The policy that does the work.</param>
public sealed class AlteredPolicy(IPolicy inner) : DelegatingPolicy(inner)
{
    /// <summary>Changes everything that was sampled.</summary>
    public Func<IReadOnlyList<IReadOnlyList<Trajectory>>, IReadOnlyList<IReadOnlyList<Trajectory>>> Lists { get; init; } = lists => lists;

    /// <summary>Changes a trajectory; its index counts from the beginning of the test.</summary>
    public Func<Trajectory, int, Trajectory> Trajectory { get; init; } = (trajectory, _) => trajectory;

    /// <summary>Changes scores.</summary>
    public Func<TokenScores, TokenScores> Scores { get; init; } = scores => scores;

    public int Sampled { get; private set; }

    public override async Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        => Lists([.. (await base.SampleAsync(requests, options, cancellationToken)).Select(g => (IReadOnlyList<Trajectory>)[.. g.Select(t => Trajectory(t, Sampled++))])]);

    public override TokenScores Score(TokenBatch batch) => Scores(base.Score(batch));
}
