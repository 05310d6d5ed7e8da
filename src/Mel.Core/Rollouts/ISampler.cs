using Microsoft.Extensions.AI;

namespace Mel.Rollouts;

/// <summary>
/// Writes continuations: managed data in, managed data out, so an implementation may be local, remote or a fake. A sampler alone is enough for evaluation
/// and for the extraction of meta-experiences.
/// </summary>
public interface ISampler
{
    /// <summary>Largest number of tokens of prompt and response together.</summary>
    int ContextTokens { get; }

    /// <summary>Whether calls of <see cref="SampleAsync"/> may overlap. Where they may not, a caller waits for one call before it makes the next.</summary>
    /// <value>The default is false.</value>
    bool AllowsOverlap => false;

    /// <summary>The token ids that stand for a conversation, chat template and special tokens included, up to where the response begins.</summary>
    /// <param name="messages">The turns; at least one.</param>
    ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages);

    /// <summary>Samples <see cref="SamplingRequest.Count"/> trajectories for every request.</summary>
    /// <param name="requests">What to continue, how often and from which seed.</param>
    /// <param name="options">How tokens are drawn; not changed while the call runs.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    /// <returns>One list per request, in the order of <paramref name="requests"/>; each holds exactly the trajectories asked for.</returns>
    /// <exception cref="PromptTooLongException">A prompt leaves no room for a single token within <see cref="ContextTokens"/>; nothing was sampled.</exception>
    Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default);
}

/// <summary>A request for several independent continuations of one prompt.</summary>
public sealed class SamplingRequest(ReadOnlyMemory<int> promptTokenIds, int count, ulong seed)
{
    /// <summary>The tokens to continue, as <see cref="ISampler.Encode"/> returned them.</summary>
    public ReadOnlyMemory<int> PromptTokenIds { get; } = promptTokenIds;

    /// <summary>Number of trajectories to sample (G of the paper), at least 1.</summary>
    public int Count { get; } = count;

    /// <summary>
    /// Seed of this request. Trajectory i draws from a random stream of its own, derived from (Seed, i). A trajectory therefore depends neither on the other
    /// requests nor on how the sampler batches them.
    /// </summary>
    public ulong Seed { get; } = seed;
}

/// <summary>Calls that every sampler understands.</summary>
public static class SamplerExtensions
{
    /// <summary>The token ids that stand for one message of the user, up to where the response begins.</summary>
    /// <param name="sampler">The sampler.</param>
    /// <param name="message">Plain text.</param>
    public static ReadOnlyMemory<int> Encode(this ISampler sampler, string message)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        ArgumentNullException.ThrowIfNull(message);
        return sampler.Encode([new ChatMessage(ChatRole.User, message)]);
    }
}
