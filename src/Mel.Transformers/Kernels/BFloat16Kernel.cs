using System.Buffers;
using System.Numerics;

namespace Mel.Transformers.Kernels;

/// <summary>
/// A few float32 rows times a bfloat16 matrix, accumulated in float32: the product of decoding, bound by the memory that holds the matrix, which is read once.
/// </summary>
/// <remarks>
/// A 32-bit lane of the matrix holds two neighbours: shifted left by 16 it is the even one as float32, with its low half masked the odd one. The rows are split
/// into even and odd columns beforehand, so that nothing of the matrix has to be shuffled.
/// </remarks>
internal static unsafe class BFloat16Kernel
{
    /// <summary>Rows up to which this is faster than the matrix unit, which must first rearrange the matrix.</summary>
    public const int MaxRows = 4;

    /// <summary>result[r, o] = sum over i of x[r, i] * weight[o, i]; the number of inputs is even.</summary>
    public static void Multiply(float* x, ushort* weight, float* result, int rows, int inputs, int outputs)
    {
        int half = inputs / 2;
        float[] split = ArrayPool<float>.Shared.Rent(rows * inputs);
        fixed (float* columns = split)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int i = 0; i < half; i++)
                {
                    columns[r * inputs + i] = x[(nint)r * inputs + 2 * i];
                    columns[r * inputs + half + i] = x[(nint)r * inputs + 2 * i + 1];
                }
            }

            float* pinned = columns;
            Rows.For(outputs, inputs, (first, end) =>
            {
                for (nint o = first; o < end; o++)
                {
                    uint* line = (uint*)(weight + o * inputs);
                    if (rows == 1) result[o] = Line(line, pinned, half);
                    else Lines(line, pinned, half, rows, result + o, outputs);
                }
            });
        }

        ArrayPool<float>.Shared.Return(split);
    }

    private static float Line(uint* line, float* x, int half)
    {
        int width = Vector<uint>.Count, i = 0;
        var mask = new Vector<uint>(0xFFFF0000);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; i <= half - 2 * width; i += 2 * width)
        {
            Vector<uint> a = Vector.Load(line + i), b = Vector.Load(line + i + width);
            s0 = Vector.FusedMultiplyAdd(Vector.AsVectorSingle(a << 16), Vector.Load(x + i), s0);
            s1 = Vector.FusedMultiplyAdd(Vector.AsVectorSingle(a & mask), Vector.Load(x + half + i), s1);
            s2 = Vector.FusedMultiplyAdd(Vector.AsVectorSingle(b << 16), Vector.Load(x + i + width), s2);
            s3 = Vector.FusedMultiplyAdd(Vector.AsVectorSingle(b & mask), Vector.Load(x + half + i + width), s3);
        }

        return Vector.Sum(s0 + s1 + (s2 + s3)) + Rest(line, x, i, half);
    }

    private static void Lines(uint* line, float* x, int half, int rows, float* result, int stride)
    {
        int width = Vector<uint>.Count, i = 0;
        var mask = new Vector<uint>(0xFFFF0000);
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        float* x1 = x + (rows > 1 ? 2 * half : 0), x2 = x + (rows > 2 ? 4 * half : 0), x3 = x + (rows > 3 ? 6 * half : 0);
        for (; i <= half - width; i += width)
        {
            Vector<uint> pair = Vector.Load(line + i);
            Vector<float> even = Vector.AsVectorSingle(pair << 16), odd = Vector.AsVectorSingle(pair & mask);
            s0 = Vector.FusedMultiplyAdd(odd, Vector.Load(x + half + i), Vector.FusedMultiplyAdd(even, Vector.Load(x + i), s0));
            s1 = Vector.FusedMultiplyAdd(odd, Vector.Load(x1 + half + i), Vector.FusedMultiplyAdd(even, Vector.Load(x1 + i), s1));
            if (rows < 3) continue;
            s2 = Vector.FusedMultiplyAdd(odd, Vector.Load(x2 + half + i), Vector.FusedMultiplyAdd(even, Vector.Load(x2 + i), s2));
            s3 = Vector.FusedMultiplyAdd(odd, Vector.Load(x3 + half + i), Vector.FusedMultiplyAdd(even, Vector.Load(x3 + i), s3));
        }

        result[0] = Vector.Sum(s0) + Rest(line, x, i, half);
        result[stride] = Vector.Sum(s1) + Rest(line, x1, i, half);
        if (rows > 2) result[2 * (nint)stride] = Vector.Sum(s2) + Rest(line, x2, i, half);
        if (rows > 3) result[3 * (nint)stride] = Vector.Sum(s3) + Rest(line, x3, i, half);
    }

    private static float Rest(uint* line, float* x, int i, int half)
    {
        float sum = 0;
        for (; i < half; i++) sum += BitConverter.UInt32BitsToSingle(line[i] << 16) * x[i] + BitConverter.UInt32BitsToSingle(line[i] & 0xFFFF0000) * x[half + i];
        return sum;
    }
}
