using Mel.Experiences;

namespace Mel.Memory;

/// <summary>
/// Brings claims that mean the same to the same words, so that their votes meet. Where keys are exact, none is needed; where a policy words its heuristics
/// freely, <see cref="ClaimClusters"/> is one.
/// </summary>
/// <remarks>A resolver that remembers something implements <see cref="Runtime.IRunState"/>.</remarks>
public interface IClaimResolver
{
    /// <summary>Resolves the claims of a step, in their order.</summary>
    /// <param name="claims">What the experiences claim.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>For each claim, in order, the claim that votes in its place.</returns>
    ValueTask<IReadOnlyList<HeuristicClaim>> ResolveAsync(IReadOnlyList<HeuristicClaim> claims, CancellationToken cancellationToken = default);
}
