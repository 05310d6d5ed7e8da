using System.Numerics;
using System.Runtime.CompilerServices;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>Loops over short float32 vectors that the kernels share. Lengths are elements.</summary>
internal static unsafe class Simd
{
    public static int Width => Vector<float>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* p) => Vector.Load(p);

    /// <summary>Sum of a[i] * b[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, int length)
    {
        Vector<float> s0 = default, s1 = default;
        int i = 0;
        for (; i <= length - 2 * Width; i += 2 * Width)
        {
            s0 = Vector.FusedMultiplyAdd(Load(a + i), Load(b + i), s0);
            s1 = Vector.FusedMultiplyAdd(Load(a + i + Width), Load(b + i + Width), s1);
        }

        for (; i <= length - Width; i += Width) s0 = Vector.FusedMultiplyAdd(Load(a + i), Load(b + i), s0);
        float sum = Vector.Sum(s0 + s1);
        for (; i < length; i++) sum += a[i] * b[i];
        return sum;
    }

    /// <summary>Sum of a[i] * b[i] * c[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, float* c, int length)
    {
        Vector<float> s = default;
        int i = 0;
        for (; i <= length - Width; i += Width) s = Vector.FusedMultiplyAdd(Load(a + i) * Load(b + i), Load(c + i), s);
        float sum = Vector.Sum(s);
        for (; i < length; i++) sum += a[i] * b[i] * c[i];
        return sum;
    }

    /// <summary>
    /// result[c] = (accumulate ? result[c] : 0) + sum over j of weights[j * weightStride] * rows[j * stride + c]. The result stays in registers while j runs.
    /// </summary>
    public static void WeightedSum(float* weights, int weightStride, float* rows, int stride, int count, float* result, int width, bool accumulate)
    {
        int c = 0;
        for (; c <= width - 4 * Width; c += 4 * Width)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            if (accumulate) (s0, s1, s2, s3) = (Load(result + c), Load(result + c + Width), Load(result + c + 2 * Width), Load(result + c + 3 * Width));
            float* row = rows + c;
            for (int j = 0; j < count; j++, row += stride)
            {
                var weight = new Vector<float>(weights[(nint)j * weightStride]);
                s0 = Vector.FusedMultiplyAdd(weight, Load(row), s0);
                s1 = Vector.FusedMultiplyAdd(weight, Load(row + Width), s1);
                s2 = Vector.FusedMultiplyAdd(weight, Load(row + 2 * Width), s2);
                s3 = Vector.FusedMultiplyAdd(weight, Load(row + 3 * Width), s3);
            }

            s0.Store(result + c);
            s1.Store(result + c + Width);
            s2.Store(result + c + 2 * Width);
            s3.Store(result + c + 3 * Width);
        }

        for (; c <= width - 2 * Width; c += 2 * Width)
        {
            Vector<float> s0 = default, s1 = default;
            if (accumulate) (s0, s1) = (Load(result + c), Load(result + c + Width));
            float* row = rows + c;
            for (int j = 0; j < count; j++, row += stride)
            {
                var weight = new Vector<float>(weights[(nint)j * weightStride]);
                s0 = Vector.FusedMultiplyAdd(weight, Load(row), s0);
                s1 = Vector.FusedMultiplyAdd(weight, Load(row + Width), s1);
            }

            s0.Store(result + c);
            s1.Store(result + c + Width);
        }

        for (; c <= width - Width; c += Width)
        {
            Vector<float> s0 = accumulate ? Load(result + c) : default;
            float* row = rows + c;
            for (int j = 0; j < count; j++, row += stride) s0 = Vector.FusedMultiplyAdd(new Vector<float>(weights[(nint)j * weightStride]), Load(row), s0);
            s0.Store(result + c);
        }

        for (; c < width; c++)
        {
            float s = accumulate ? result[c] : 0;
            for (int j = 0; j < count; j++) s += weights[(nint)j * weightStride] * rows[(nint)j * stride + c];
            result[c] = s;
        }
    }

    /// <summary>Largest of the values; length at least 1.</summary>
    public static float Max(float* values, int length)
    {
        int i = 0;
        float max = float.NegativeInfinity;
        if (length >= Width)
        {
            Vector<float> m = Load(values);
            for (i = Width; i <= length - Width; i += Width) m = Vector.Max(m, Load(values + i));
            for (int k = 0; k < Width; k++) max = MathF.Max(max, m[k]);
        }

        for (; i < length; i++) max = MathF.Max(max, values[i]);
        return max;
    }

    /// <inheritdoc cref="Exponential.Of"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x) => Exponential.Of<Vector<float>, WidestLanes>(x);

    /// <summary>values[i] = exp(values[i] - shift); returns their sum.</summary>
    public static float ExpSum(float* values, int length, float shift)
    {
        var shifts = new Vector<float>(shift);
        Vector<float> sums = default;
        int i = 0;
        for (; i <= length - Width; i += Width)
        {
            Vector<float> e = Exp(Load(values + i) - shifts);
            e.Store(values + i);
            sums += e;
        }

        float sum = Vector.Sum(sums);
        for (; i < length; i++) sum += values[i] = MathF.Exp(values[i] - shift);
        return sum;
    }

    /// <summary>values[i] *= factor.</summary>
    public static void Scale(float* values, int length, float factor)
    {
        var factors = new Vector<float>(factor);
        int i = 0;
        for (; i <= length - Width; i += Width) (Load(values + i) * factors).Store(values + i);
        for (; i < length; i++) values[i] *= factor;
    }
}
