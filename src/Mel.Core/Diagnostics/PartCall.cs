using System.Diagnostics;

namespace Mel.Diagnostics;

/// <summary>
/// Calls of the parts of a run. An exception of a part goes on as it is, with a note of the part (<see cref="RunFailure"/>). Only a cancellation that nobody
/// asked for, such as the timeout of an HTTP client, becomes a <see cref="TimeoutException"/>: it must not look like the user's wish to stop.
/// </summary>
internal static class PartCall
{
    /// <summary>Waits for a part.</summary>
    /// <param name="place">The part.</param>
    /// <param name="call">Calls it, and checks what it returns.</param>
    /// <param name="cancellationToken">The token the part was given.</param>
    /// <param name="activity">The activity that the call is, on which an exception is noted too; null where it is none or nobody listens.</param>
    public static async Task<T> RunAsync<T>(PartPlace place, Func<Task<T>> call, CancellationToken cancellationToken, Activity? activity = null)
    {
        try
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Foreign($"{place} gave up{place.At}", e);
            }
        }
        catch (Exception e) when (RunFailure.Attach(e, place) || activity.Fails(e))
        {
            throw;
        }
    }

    /// <summary>Waits for a part that returns nothing.</summary>
    public static Task RunAsync(PartPlace place, Func<ValueTask> call, CancellationToken cancellationToken) => RunAsync(
        place,
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <summary>Calls a part that waits for nothing.</summary>
    public static T Run<T>(PartPlace place, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception e) when (RunFailure.Attach(e, place))
        {
            throw;
        }
    }

    /// <summary>Waits for a step of a run and notes its number on an exception.</summary>
    public static async Task<T> StepAsync<T>(int step, Func<Task<T>> call, CancellationToken cancellationToken, Activity? activity = null)
    {
        try
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw Foreign($"A part of the run gave up in step {step}", e);
            }
        }
        catch (Exception e) when (RunFailure.AttachStep(e, step) || activity.Fails(e))
        {
            throw;
        }
    }

    private static TimeoutException Foreign(string who, OperationCanceledException cause)
        => new($"{who}: it was canceled, though not by the caller, as when a request takes longer than its own limit ({cause.Message})", cause);
}
