using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Mel.Head;
using static TorchSharp.torch;

namespace Mel.Benchmarks.Models;

/// <summary>What this machine can do, measured right beside what is compared with it: the machine's speed drifts with what else runs on it.</summary>
/// <param name="Rate">Operations per second of a product of 1,024 x 1,024 matrices.</param>
/// <param name="Bandwidth">Bytes read per second.</param>
internal sealed record Machine(double Rate, double Bandwidth)
{
    /// <summary>Measures with weights of a type; where the processor has no product of it, the limit is that of float32.</summary>
    public static Machine Measure(ScalarType type)
    {
        using var noGrad = no_grad();
        return new Machine(Gemm(NarrowProducts.AreNative(type) ? type : ScalarType.Float32), Read());
    }

    /// <summary>Least wall time of several runs, seconds: other programs can only add to it.</summary>
    public static double Seconds(int runs, Action action)
    {
        action();
        double best = double.MaxValue;
        for (int i = 0; i < runs; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    private static double Gemm(ScalarType type)
    {
        const int n = 1024;
        using Tensor a = randn(n, n).to_type(type), b = randn(n, n).to_type(type);
        return 2.0 * n * n * n / Seconds(10, () => a.mm(b).Dispose());
    }

    private static double Read()
    {
        var numbers = new float[64 << 20];
        numbers.AsSpan().Fill(1);                                                      // pages that were never written all share one
        float sink = 0;
        double seconds = Seconds(5, () =>
        {
            ReadOnlySpan<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(numbers.AsSpan());
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i <= vectors.Length - 4; i += 4)
                (s0, s1, s2, s3) = (s0 + vectors[i], s1 + vectors[i + 1], s2 + vectors[i + 2], s3 + vectors[i + 3]);
            sink += Vector.Sum(s0 + s1 + s2 + s3);
        });
        GC.KeepAlive(sink);
        return numbers.Length * sizeof(float) / seconds;
    }
}
