using System.Numerics;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>RMS normalization in float32: y = x * rsqrt(mean(x^2) + epsilon) * weight, row by row.</summary>
internal static unsafe class NormKernel
{
    public static void Forward(float* x, float* weight, float* y, int rows, int width, float epsilon)
        => ParallelRows.For(rows, width, (first, end) =>
        {
            for (nint r = first; r < end; r++)
            {
                float* row = x + r * width;
                Row(row, weight, y + r * width, width, InverseRoot(row, width, epsilon));
            }
        });

    /// <summary>Writes dx and adds to the weight gradient; both follow from the input alone, nothing else is kept from the forward pass.</summary>
    public static void Backward(float* x, float* weight, float* dy, float* dx, float* dweight, int rows, int width, float epsilon)
        => ParallelRows.Sum(rows, width, dweight, width, (first, end, sum) =>
        {
            for (nint r = first; r < end; r++) BackwardRow(x + r * width, weight, dy + r * width, dx + r * width, sum, width, epsilon);
        });

    /// <summary>1 / sqrt(mean(x^2) + epsilon).</summary>
    public static float InverseRoot(float* x, int width, float epsilon) => 1f / MathF.Sqrt(Simd.Dot(x, x, width) / width + epsilon);

    /// <summary>Gradient of one row: dx = r * w * dy - x * r^3 / n * sum(w * dy * x) with r the inverse root; dweight += dy * x * r.</summary>
    public static void BackwardRow(float* x, float* weight, float* dy, float* dx, float* dweight, int width, float epsilon)
    {
        float root = InverseRoot(x, width, epsilon);
        float common = Simd.Dot(x, weight, dy, width) * root * root * root / width;
        var roots = new Vector<float>(root);
        var commons = new Vector<float>(common);
        int i = 0;
        for (; i <= width - Simd.Width; i += Simd.Width)
        {
            Vector<float> input = Simd.Load(x + i), gradient = Simd.Load(dy + i) * roots;
            Vector.FusedMultiplyAdd(gradient, input, Simd.Load(dweight + i)).Store(dweight + i);
            (gradient * Simd.Load(weight + i) - input * commons).Store(dx + i);
        }

        for (; i < width; i++)
        {
            float input = x[i], gradient = dy[i] * root;
            dweight[i] += gradient * input;
            dx[i] = gradient * weight[i] - input * common;
        }
    }

    private static void Row(float* x, float* weight, float* y, int width, float root)
    {
        var roots = new Vector<float>(root);
        int i = 0;
        for (; i <= width - Simd.Width; i += Simd.Width) (Simd.Load(x + i) * roots * Simd.Load(weight + i)).Store(y + i);
        for (; i < width; i++) y[i] = x[i] * root * weight[i];
    }
}
