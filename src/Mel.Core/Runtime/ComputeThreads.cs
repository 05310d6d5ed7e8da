using static TorchSharp.torch;

namespace Mel.Runtime;

/// <summary>
/// The number of threads libtorch computes with, as a property of an asynchronous flow. <c>torch.set_num_threads</c> sets the number for the calling thread
/// alone. After an <c>await</c> the program may go on with another thread of the pool that has another number. That changes the speed and, because sums are
/// then split elsewhere, the last bits of results.
/// </summary>
/// <remarks>
/// The trainer, the evaluator and the sampling of <c>TransformerPolicy</c> keep the number they are called with; a loop of your own that awaits calls
/// <see cref="Keep"/> or <see cref="Set"/> once.
/// </remarks>
public static class ComputeThreads
{
    // Its handler runs on every thread that takes up or leaves a flow with a number.
    private static readonly AsyncLocal<int> Number = new(OnChanged);

    [ThreadStatic]
    private static int _own;

    /// <summary>From here on the flow of the caller, its continuations and the work it starts compute with this number of threads.</summary>
    /// <param name="threads">Threads of one operation, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is not positive.</exception>
    public static void Set(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        Number.Value = threads;
        set_num_threads(threads);
    }

    /// <summary>
    /// From here on the flow of the caller, its continuations and the work it starts compute with the number of threads the calling thread has now.
    /// </summary>
    public static void Keep() => Number.Value = get_num_threads();

    private static void OnChanged(AsyncLocalValueChangedArgs<int> change)
    {
        if (change.PreviousValue == 0) _own = get_num_threads();
        if (change.ThreadContextChanged) set_num_threads(change.CurrentValue == 0 ? _own : change.CurrentValue);
    }
}
