using System.Buffers;
using System.Numerics;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <content>Up to four rows: dot products along the rows of the matrix, which is read in whole vectors.</content>
internal static unsafe partial class RowProductKernel
{
    private static void Dots<TWeight>(float* x, byte* weight, float* result, int rows, int inputs, int outputs)
        where TWeight : struct, IWeightLanes
    {
        float[] scratch = ArrayPool<float>.Shared.Rent(rows * inputs);
        fixed (float* pinned = scratch)
        {
            float* arranged = pinned;
            for (int r = 0; r < rows; r++) TWeight.Arrange(x + (nint)r * inputs, arranged + (nint)r * inputs, inputs / 2);
            ParallelRows.For(outputs, (long)rows * inputs, (first, end) => Dots<TWeight>(arranged, weight, result, rows, inputs, outputs, first, end));
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    private static void Dots<TWeight>(float* x, byte* weight, float* result, int rows, int inputs, int outputs, int first, int end)
        where TWeight : struct, IWeightLanes
    {
        nint stride = (nint)inputs * TWeight.Size;
        for (nint o = first; o < end; o++)
        {
            if (rows == 1) result[o] = Dot<TWeight>(weight + o * stride, x, inputs / 2);
            else if (rows == 2) TwoDots<TWeight>(weight + o * stride, x, inputs / 2, result + o, outputs);
            else FourDots<TWeight>(weight + o * stride, x, inputs / 2, rows, result + o, outputs);
        }
    }

    private static float Dot<TWeight>(byte* line, float* x, int half)
        where TWeight : struct, IWeightLanes
    {
        int width = Vector<float>.Count;
        nint i = 0;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i <= half - 2 * width; i += 2 * width)
        {
            TWeight.Load(line, i, half, out Vector<float> a, out Vector<float> b);
            TWeight.Load(line, i + width, half, out Vector<float> c, out Vector<float> d);
            (s0, s1) = (Vector.FusedMultiplyAdd(a, Vector.Load(x + i), s0), Vector.FusedMultiplyAdd(b, Vector.Load(x + half + i), s1));
            (s2, s3) = (Vector.FusedMultiplyAdd(c, Vector.Load(x + i + width), s2), Vector.FusedMultiplyAdd(d, Vector.Load(x + half + i + width), s3));
        }

        return Vector.Sum(s0 + s1 + (s2 + s3)) + Rest<TWeight>(line, x, i, half);
    }

    // Every sum has two registers: with one, each step would wait for the two multiplications of the step before.
    private static void TwoDots<TWeight>(byte* line, float* x, int half, float* result, nint stride)
        where TWeight : struct, IWeightLanes
    {
        int width = Vector<float>.Count;
        nint i = 0;
        Vector<float> s0 = default, s1 = default, t0 = default, t1 = default;
        float* x1 = x + 2 * half;
        for (; i <= half - width; i += width)
        {
            TWeight.Load(line, i, half, out Vector<float> a, out Vector<float> b);
            (s0, t0) = (Vector.FusedMultiplyAdd(a, Vector.Load(x + i), s0), Vector.FusedMultiplyAdd(b, Vector.Load(x + half + i), t0));
            (s1, t1) = (Vector.FusedMultiplyAdd(a, Vector.Load(x1 + i), s1), Vector.FusedMultiplyAdd(b, Vector.Load(x1 + half + i), t1));
        }

        (float r0, float r1) = (Vector.Sum(s0 + t0), Vector.Sum(s1 + t1));              // no vector outlives a call, or the loop would keep it in memory
        result[0] = r0 + Rest<TWeight>(line, x, i, half);
        result[stride] = r1 + Rest<TWeight>(line, x1, i, half);
    }

    // Three rows as well: the fourth is then the third once more.
    private static void FourDots<TWeight>(byte* line, float* x, int half, int rows, float* result, nint stride)
        where TWeight : struct, IWeightLanes
    {
        int width = Vector<float>.Count;
        nint i = 0;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        float* x1 = x + 2 * half, x2 = x + 4 * half, x3 = x + (rows > 3 ? 6 * half : 4 * half);
        for (; i <= half - width; i += width)
        {
            TWeight.Load(line, i, half, out Vector<float> a, out Vector<float> b);
            (s0, t0) = (Vector.FusedMultiplyAdd(a, Vector.Load(x + i), s0), Vector.FusedMultiplyAdd(b, Vector.Load(x + half + i), t0));
            (s1, t1) = (Vector.FusedMultiplyAdd(a, Vector.Load(x1 + i), s1), Vector.FusedMultiplyAdd(b, Vector.Load(x1 + half + i), t1));
            (s2, t2) = (Vector.FusedMultiplyAdd(a, Vector.Load(x2 + i), s2), Vector.FusedMultiplyAdd(b, Vector.Load(x2 + half + i), t2));
            (s3, t3) = (Vector.FusedMultiplyAdd(a, Vector.Load(x3 + i), s3), Vector.FusedMultiplyAdd(b, Vector.Load(x3 + half + i), t3));
        }

        (float r0, float r1, float r2, float r3) = (Vector.Sum(s0 + t0), Vector.Sum(s1 + t1), Vector.Sum(s2 + t2), Vector.Sum(s3 + t3));
        result[0] = r0 + Rest<TWeight>(line, x, i, half);
        result[stride] = r1 + Rest<TWeight>(line, x1, i, half);
        result[2 * stride] = r2 + Rest<TWeight>(line, x2, i, half);
        if (rows > 3) result[3 * stride] = r3 + Rest<TWeight>(line, x3, i, half);
    }

    // What does not fill a vector, in the arrangement of x.
    private static float Rest<TWeight>(byte* line, float* x, nint i, int half)
        where TWeight : struct, IWeightLanes
    {
        float sum = 0;
        for (; i < half; i++)
        {
            (float first, float second) = TWeight.Pair(line, i, half);
            sum += first * x[i] + second * x[half + i];
        }

        return sum;
    }
}
