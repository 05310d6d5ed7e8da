namespace Mel.Prompts;

/// <summary>
/// An endless stream of questions addressed by position, so that a run can be stopped and go on where it was: position k always yields the same prompt.
/// </summary>
public interface IPromptSource
{
    /// <summary>The prompts at positions <paramref name="position"/> .. <paramref name="position"/> + <paramref name="count"/> - 1.</summary>
    /// <param name="position">Index into the stream, at least 0.</param>
    /// <param name="count">How many prompts, at least 1.</param>
    /// <param name="cancellationToken">Stops the work; <see cref="OperationCanceledException"/> is let through.</param>
    ValueTask<IReadOnlyList<Prompt>> TakeAsync(long position, int count, CancellationToken cancellationToken = default);
}
