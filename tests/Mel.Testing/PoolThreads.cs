using static TorchSharp.torch;

namespace Mel.Testing;

/// <summary>Gives the threads of the pool a number of libtorch threads of their own, as earlier work on them may have done.</summary>
public static class PoolThreads
{
    public static void SetNumThreads(int threads)
    {
        using AsyncFlowControl apart = ExecutionContext.SuppressFlow();
        Task.WaitAll([.. Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(() =>
        {
            set_num_threads(threads);
            Thread.Sleep(5);     // so that the next one finds this thread busy
        }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default))]);
    }
}
