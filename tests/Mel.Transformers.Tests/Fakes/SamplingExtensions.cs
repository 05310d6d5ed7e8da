using Mel.Rollouts;

namespace Mel.Transformers.Tests.Fakes;

/// <summary>Sampling that returns on the calling thread, on which the leak check of a fixture counts.</summary>
internal static class SamplingExtensions
{
    public static IReadOnlyList<IReadOnlyList<Trajectory>> Sample(this ISampler sampler, IReadOnlyList<SamplingRequest> requests, SamplingOptions options)
        => sampler.SampleAsync(requests, options).GetAwaiter().GetResult();
}
