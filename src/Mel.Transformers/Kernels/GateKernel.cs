using System.Numerics;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>The gate of the feed-forward layer: y = silu(gate) * up, with silu(a) = a * sigmoid(a).</summary>
internal static unsafe class GateKernel
{
    /// <summary>Gate and up may be columns of a wider matrix; <paramref name="stride"/> is the distance of their rows. The result is contiguous.</summary>
    public static void Forward(float* gate, float* up, int stride, float* y, int rows, int width)
        => ParallelRows.For(rows, width * 4L, (first, end) =>
        {
            for (nint r = first; r < end; r++) Row(gate + r * stride, up + r * stride, y + r * width, width);
        });

    public static void Backward(float* gate, float* up, float* dy, float* dgate, float* dup, long count)
    {
        const int block = 4096;
        ParallelRows.For((int)((count + block - 1) / block), block * 4L, (first, end) =>
        {
            long at = (long)first * block;
            int length = (int)(Math.Min((long)end * block, count) - at);
            BackwardRow(gate + at, up + at, dy + at, dgate + at, dup + at, length);
        });
    }

    private static void Row(float* gate, float* up, float* y, int width)
    {
        int i = 0;
        for (; i <= width - Simd.Width; i += Simd.Width)
        {
            Vector<float> g = Simd.Load(gate + i);
            (g / (Vector<float>.One + Simd.Exp(-g)) * Simd.Load(up + i)).Store(y + i);
        }

        for (; i < width; i++) y[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
    }

    private static void BackwardRow(float* gate, float* up, float* dy, float* dgate, float* dup, int length)
    {
        int i = 0;
        for (; i <= length - Simd.Width; i += Simd.Width)
        {
            Vector<float> g = Simd.Load(gate + i), d = Simd.Load(dy + i);
            Vector<float> s = Vector<float>.One / (Vector<float>.One + Simd.Exp(-g));
            Vector<float> silu = g * s;
            (d * silu).Store(dup + i);
            (d * Simd.Load(up + i) * (s + silu * (Vector<float>.One - s))).Store(dgate + i);
        }

        for (; i < length; i++)
        {
            float s = 1 / (1 + MathF.Exp(-gate[i]));
            float silu = gate[i] * s;
            (dup[i], dgate[i]) = (dy[i] * silu, dy[i] * up[i] * (s + silu * (1 - s)));
        }
    }
}
