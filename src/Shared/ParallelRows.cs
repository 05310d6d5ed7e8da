using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Mel.Runtime;

/// <summary>
/// Runs a kernel over the rows of a matrix on as many threads as libtorch uses, and gives kernels the memory of tensors. Compiled into every package that has
/// kernels: packages share no internals.
/// </summary>
internal static unsafe class ParallelRows
{
    /// <summary>A range of rows for one thread.</summary>
    public delegate void Body(int first, int end);

    /// <summary>The least work of a thread, in elements: with less, starting a second thread costs more than it saves.</summary>
    private const long ElementsPerThread = 1 << 15;

    /// <summary>A range of rows for one thread, which adds what they give to a sum of its own.</summary>
    public delegate void SumBody(int first, int end, float* sum);

    /// <param name="rows">Rows in all.</param>
    /// <param name="elementsPerRow">Work of a row.</param>
    /// <param name="body">Called once per thread, on the calling thread where one is enough.</param>
    public static void For(int rows, long elementsPerRow, Body body) => Split(rows, Threads(rows, elementsPerRow), (_, first, end) => body(first, end));

    /// <summary>
    /// Adds to <paramref name="sum"/> what all rows give. The sums of the threads are added in the order of their rows, so that a result repeats bit for bit.
    /// </summary>
    public static void Sum(int rows, long elementsPerRow, float* sum, int width, SumBody body)
    {
        int threads = Threads(rows, elementsPerRow);
        var partial = new float[threads * width];
        fixed (float* sums = partial)
        {
            nint start = (nint)sums;
            Split(rows, threads, (t, first, end) => body(first, end, (float*)start + t * width));
        }

        for (int t = 0; t < threads; t++)
        {
            for (int i = 0; i < width; i++) sum[i] += partial[t * width + i];
        }
    }

    private static int Threads(int rows, long elementsPerRow)
        => (int)Math.Max(1, Math.Min(get_num_threads(), Math.Min(rows, rows * elementsPerRow / ElementsPerThread)));

    private static void Split(int rows, int threads, Action<int, int, int> part)
    {
        int Start(int thread) => (int)((long)rows * thread / threads);
        if (threads == 1) part(0, 0, rows);
        else Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, t => part(t, Start(t), Start(t + 1)));
    }

    /// <summary>First element of a contiguous float32 tensor on the CPU. The memory is native: it stays where it is while the tensor lives.</summary>
    public static float* Data(Tensor tensor) => (float*)Bytes(tensor);

    /// <summary>First byte of a contiguous tensor on the CPU.</summary>
    public static byte* Bytes(Tensor tensor)
    {
        // Beyond 2 GiB the span of a whole tensor does not exist; its first element has the same start.
        if (tensor.NumberOfElements <= int.MaxValue / tensor.ElementSize) return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
        using Tensor first = tensor.view(-1).narrow(0, 0, 1);
        return (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(first.bytes));
    }
}
