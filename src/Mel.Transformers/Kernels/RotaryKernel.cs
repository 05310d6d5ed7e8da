using System.Numerics;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Per-head normalization (where there is a weight) followed by the rotary embedding. A row of the table is [cos half | sin half] of one position; the first
/// half of a head pairs with the second: (a, b) becomes (a cos - b sin, b cos + a sin).
/// </summary>
internal static unsafe class RotaryKernel
{
    /// <summary>Result may be the input. Rows of input and result are <paramref name="stride"/> and <paramref name="resultStride"/> apart.</summary>
    public static void Forward(
        float* x, int stride, float* weight, float* table, int[] positions, float* y, int resultStride, int heads, int headSize, float epsilon)
        => ParallelRows.For(positions.Length, (long)heads * headSize * 2, (first, end) =>
        {
            for (nint r = first; r < end; r++)
            {
                float* angles = table + (nint)positions[r] * headSize;
                for (int h = 0; h < heads; h++) Head(x + r * stride + h * headSize, weight, angles, y + r * resultStride + h * headSize, headSize, epsilon);
            }
        });

    /// <summary>Writes dx. All matrices are contiguous.</summary>
    public static void Backward(float* table, int[] positions, float* dy, float* dx, int heads, int headSize)
        => ParallelRows.For(positions.Length, (long)heads * headSize * 2, (first, end) =>
        {
            for (nint r = first; r < end; r++)
            {
                float* angles = table + (nint)positions[r] * headSize;
                for (nint at = r * heads * headSize; at < (r + 1) * heads * headSize; at += headSize) TurnBack(dy + at, angles, dx + at, headSize);
            }
        });

    /// <summary>Writes dx and adds to the gradient of the normalization weight. All matrices are contiguous.</summary>
    public static void Backward(
        float* x, float* weight, float* table, int[] positions, float* dy, float* dx, float* dweight, int heads, int headSize, float epsilon)
        => ParallelRows.Sum(positions.Length, (long)heads * headSize * 2, dweight, headSize, (first, end, sum) =>
        {
            fixed (float* turned = new float[headSize])
            {
                for (nint r = first; r < end; r++)
                {
                    float* angles = table + (nint)positions[r] * headSize;
                    for (nint at = r * heads * headSize; at < (r + 1) * heads * headSize; at += headSize)
                    {
                        TurnBack(dy + at, angles, turned, headSize);
                        NormKernel.BackwardRow(x + at, weight, turned, dx + at, sum, headSize, epsilon);
                    }
                }
            }
        });

    private static void Head(float* x, float* weight, float* angles, float* y, int headSize, float epsilon)
    {
        int half = headSize / 2;
        float root = weight is null ? 1 : NormKernel.InverseRoot(x, headSize, epsilon);
        var roots = new Vector<float>(root);
        int i = 0;
        for (; i <= half - Simd.Width; i += Simd.Width)
        {
            Vector<float> a = Simd.Load(x + i), b = Simd.Load(x + half + i), cos = Simd.Load(angles + i), sin = Simd.Load(angles + half + i);
            if (weight is not null) (a, b) = (a * roots * Simd.Load(weight + i), b * roots * Simd.Load(weight + half + i));
            (a * cos - b * sin).Store(y + i);
            (b * cos + a * sin).Store(y + half + i);
        }

        for (; i < half; i++)
        {
            float a = x[i] * root, b = x[half + i] * root;
            if (weight is not null) (a, b) = (a * weight[i], b * weight[half + i]);
            (y[i], y[half + i]) = (a * angles[i] - b * angles[half + i], b * angles[i] + a * angles[half + i]);
        }
    }

    private static void TurnBack(float* dy, float* angles, float* result, int headSize)
    {
        int half = headSize / 2, i = 0;
        for (; i <= half - Simd.Width; i += Simd.Width)
        {
            Vector<float> a = Simd.Load(dy + i), b = Simd.Load(dy + half + i), cos = Simd.Load(angles + i), sin = Simd.Load(angles + half + i);
            (a * cos + b * sin).Store(result + i);
            (b * cos - a * sin).Store(result + half + i);
        }

        for (; i < half; i++)
        {
            float a = dy[i], b = dy[half + i];
            (result[i], result[half + i]) = (a * angles[i] + b * angles[half + i], b * angles[i] - a * angles[half + i]);
        }
    }
}
