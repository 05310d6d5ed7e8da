namespace Mel.Transformers.Estimation;

/// <summary>
/// The memory of the machine or of the device does not hold what a model was asked for. The message says what that was and what it takes by the estimate.
/// </summary>
public sealed class ModelMemoryException : OutOfMemoryException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What was asked for, the estimate, and what to do.</param>
    /// <param name="estimatedBytes">Memory that the work takes by the estimate.</param>
    /// <param name="inner">What the allocator said.</param>
    public ModelMemoryException(string message, long estimatedBytes, Exception? inner = null)
        : base(message, inner) => EstimatedBytes = estimatedBytes;

    /// <summary>Memory that the work takes by the estimate, bytes.</summary>
    public long EstimatedBytes { get; }
}
