namespace Mel.Rollouts;

/// <summary>
/// Writes continuations: managed data in, managed data out, so an implementation may be local, remote or a fake. A sampler alone is enough for evaluation
/// and for the extraction of meta-experiences.
/// </summary>
/// <remarks>Calls are not expected to overlap; an implementation that allows it says so.</remarks>
public interface ISampler
{
    /// <summary>Largest number of tokens of prompt and response together.</summary>
    int ContextTokens { get; }

    /// <summary>The token ids that stand for a user's message, chat template and special tokens included, up to where the response begins.</summary>
    /// <param name="message">Plain text of one user turn.</param>
    ReadOnlyMemory<int> Encode(string message);

    /// <summary>Samples <see cref="SamplingRequest.Count"/> trajectories for every request.</summary>
    /// <returns>One list per request, in the order of <paramref name="requests"/>; each holds exactly the trajectories asked for.</returns>
    /// <exception cref="PromptTooLongException">A prompt leaves no room for a single token within <see cref="ContextTokens"/>; nothing was sampled.</exception>
    Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default);
}
