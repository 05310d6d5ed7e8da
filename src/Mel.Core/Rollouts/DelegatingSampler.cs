namespace Mel.Rollouts;

/// <summary>Base class for adding behaviour to any sampler by wrapping it; passes every call through unchanged.</summary>
/// <param name="inner">The sampler that does the work.</param>
public class DelegatingSampler(ISampler inner) : ISampler
{
    /// <summary>The wrapped sampler.</summary>
    protected ISampler Inner { get; } = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public virtual int ContextTokens => Inner.ContextTokens;

    /// <inheritdoc/>
    public virtual ReadOnlyMemory<int> Encode(string message) => Inner.Encode(message);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
        => Inner.SampleAsync(requests, options, cancellationToken);
}
