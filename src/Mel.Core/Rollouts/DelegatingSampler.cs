using Mel.Runtime;
using Microsoft.Extensions.AI;

namespace Mel.Rollouts;

/// <summary>Base class for adding behavior to any sampler by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The sampler that does the work.</param>
public class DelegatingSampler(ISampler inner) : ISampler, IRunPart
{
    /// <summary>The wrapped sampler.</summary>
    protected ISampler Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual int ContextTokens => Inner.ContextTokens;

    /// <inheritdoc/>
    public virtual bool AllowsOverlap => Inner.AllowsOverlap;

    /// <inheritdoc/>
    public virtual ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => Inner.Encode(messages);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        => Inner.SampleAsync(requests, options, cancellationToken);

    /// <inheritdoc/>
    public virtual void Describe(RunIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        identity.Add("inner", Inner);
    }
}
