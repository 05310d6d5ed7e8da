namespace Mel.Rollouts;

/// <summary>Asks a sampler for several independent continuations of one prompt.</summary>
/// <param name="PromptTokenIds">The tokens to continue, as <see cref="ISampler.Encode"/> returned them.</param>
/// <param name="Count">Number of trajectories to sample (G of the paper), at least 1.</param>
/// <param name="Seed">
/// Seed of this request. Trajectory i draws from a stream of its own made from (Seed, i), so that it depends neither on the other requests nor on how the
/// sampler batches them.
/// </param>
public sealed record SamplingRequest(ReadOnlyMemory<int> PromptTokenIds, int Count, ulong Seed);
