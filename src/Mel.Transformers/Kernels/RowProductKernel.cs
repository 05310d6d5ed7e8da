using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Mel.Transformers.Kernels;

/// <summary>
/// A few float32 rows times a large matrix, accumulated in float32: the product of decoding. The matrix is read once, as it lies in memory; a general matrix
/// product first rearranges it, which for few rows costs more than the product.
/// </summary>
/// <remarks>
/// One to four rows are dot products along the matrix's rows. More rows are turned so that vector lanes run over them: a tile of the result, 16 rows by 6 columns
/// or 8 by 12, stays in registers while the common dimension passes by, and one number of the matrix at a time is spread over all lanes.
/// </remarks>
internal static unsafe class RowProductKernel
{
    /// <summary>Rows up to which this is faster than a matrix product of float32.</summary>
    public const int MaxRows = 128;

    /// <summary>Columns the result must have.</summary>
    public const int BlockColumns = 12;

    private const int DotRows = 4, WideRows = 16, WideColumns = 6, NarrowRows = 8;

    /// <summary>Whether the processor has the vectors that the tiles are made of.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>result[r, o] = sum over i of x[r, i] * weight[o, i]; the number of inputs is even, that of outputs at least <see cref="BlockColumns"/>.</summary>
    public static void Multiply<TWeight>(float* x, byte* weight, float* result, int rows, int inputs, int outputs)
        where TWeight : struct, IWeightLanes
    {
        // Rows beyond the last whole tile take a tile of 8, and the rest of its lanes is zero.
        int padded = rows <= DotRows ? rows : (rows + NarrowRows - 1) / NarrowRows * NarrowRows;
        float[] scratch = ArrayPool<float>.Shared.Rent(padded * inputs);
        fixed (float* pinned = scratch)
        {
            float* packed = pinned;
            if (rows <= DotRows)
            {
                for (int r = 0; r < rows; r++) TWeight.Arrange(x + (nint)r * inputs, packed + (nint)r * inputs, inputs / 2);
                Rows.For(outputs, (long)rows * inputs, (first, end) => Dots<TWeight>(packed, weight, result, rows, inputs, outputs, first, end));
            }
            else
            {
                Pack(x, packed, rows, padded, inputs);
                Rows.For((outputs + BlockColumns - 1) / BlockColumns, (long)BlockColumns * rows * inputs, (first, end) => Tiles<TWeight>(packed, weight, result, rows, inputs, outputs, first, end));
            }
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    // Tiles of 16 rows, then at most one of 8, each [inputs, tile] with the rows side by side.
    private static void Pack(float* x, float* packed, int rows, int padded, int inputs)
    {
        for (int first = 0; first < padded;)
        {
            int height = padded - first >= WideRows ? WideRows : NarrowRows;
            float* tile = packed + (nint)first * inputs;
            for (int r = 0; r < height; r++)
            {
                float* row = first + r < rows ? x + (nint)(first + r) * inputs : null;
                for (nint k = 0; k < inputs; k++) tile[k * height + r] = row is null ? 0 : row[k];
            }

            first += height;
        }
    }

    // The last block of columns is moved to the left rather than cut: columns that two blocks share are computed twice, to the same numbers.
    private static void Tiles<TWeight>(float* packed, byte* weight, float* result, int rows, int inputs, int outputs, int firstBlock, int endBlock)
        where TWeight : struct, IWeightLanes
    {
        float* tile = stackalloc float[WideRows * WideColumns];
        nint stride = (nint)inputs * TWeight.Size;
        for (int block = firstBlock; block < endBlock; block++)
        {
            int column = Math.Min(block * BlockColumns, outputs - BlockColumns), row = 0;
            byte* lines = weight + column * stride;
            for (; rows - row > NarrowRows; row += WideRows)
            {
                for (int c = 0; c < BlockColumns; c += WideColumns)
                {
                    Wide<TWeight>(packed + (nint)row * inputs, lines + c * stride, stride, inputs / 2, tile);
                    Spread(tile, WideRows, WideColumns, result + (nint)row * outputs + column + c, outputs, Math.Min(WideRows, rows - row));
                }
            }

            if (row >= rows) continue;
            Narrow<TWeight>(packed + (nint)row * inputs, lines, stride, inputs / 2, tile);
            Spread(tile, NarrowRows, BlockColumns, result + (nint)row * outputs + column, outputs, rows - row);
        }
    }

    private static void Spread(float* tile, int height, int columns, float* result, nint outputs, int rows)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) result[r * outputs + c] = tile[c * height + r];
        }
    }

    // 12 accumulators, 2 vectors of x and one of the matrix are 15 of 16 registers. The method makes no call and takes no stack memory: around either the compiler
    // would keep every accumulator in memory.
    private static void Wide<TWeight>(float* x, byte* line, nint stride, int pairs, float* tile)
        where TWeight : struct, IWeightLanes
    {
        byte* third = line + 3 * stride;
        Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default, a3 = default, b3 = default, a4 = default, b4 = default, a5 = default, b5 = default;
        for (int k = 0; k < pairs; k++)
        {
            Vector256<float> upper = Vector256.Load(x), lower = Vector256.Load(x + 8), w = TWeight.Even(line);
            (a0, b0) = (Vector256.FusedMultiplyAdd(w, upper, a0), Vector256.FusedMultiplyAdd(w, lower, b0));
            w = TWeight.Even(line + stride);
            (a1, b1) = (Vector256.FusedMultiplyAdd(w, upper, a1), Vector256.FusedMultiplyAdd(w, lower, b1));
            w = TWeight.Even(line + 2 * stride);
            (a2, b2) = (Vector256.FusedMultiplyAdd(w, upper, a2), Vector256.FusedMultiplyAdd(w, lower, b2));
            w = TWeight.Even(third);
            (a3, b3) = (Vector256.FusedMultiplyAdd(w, upper, a3), Vector256.FusedMultiplyAdd(w, lower, b3));
            w = TWeight.Even(third + stride);
            (a4, b4) = (Vector256.FusedMultiplyAdd(w, upper, a4), Vector256.FusedMultiplyAdd(w, lower, b4));
            w = TWeight.Even(third + 2 * stride);
            (a5, b5) = (Vector256.FusedMultiplyAdd(w, upper, a5), Vector256.FusedMultiplyAdd(w, lower, b5));
            (upper, lower, w) = (Vector256.Load(x + 16), Vector256.Load(x + 24), TWeight.Odd(line));
            (a0, b0) = (Vector256.FusedMultiplyAdd(w, upper, a0), Vector256.FusedMultiplyAdd(w, lower, b0));
            w = TWeight.Odd(line + stride);
            (a1, b1) = (Vector256.FusedMultiplyAdd(w, upper, a1), Vector256.FusedMultiplyAdd(w, lower, b1));
            w = TWeight.Odd(line + 2 * stride);
            (a2, b2) = (Vector256.FusedMultiplyAdd(w, upper, a2), Vector256.FusedMultiplyAdd(w, lower, b2));
            w = TWeight.Odd(third);
            (a3, b3) = (Vector256.FusedMultiplyAdd(w, upper, a3), Vector256.FusedMultiplyAdd(w, lower, b3));
            w = TWeight.Odd(third + stride);
            (a4, b4) = (Vector256.FusedMultiplyAdd(w, upper, a4), Vector256.FusedMultiplyAdd(w, lower, b4));
            w = TWeight.Odd(third + 2 * stride);
            (a5, b5) = (Vector256.FusedMultiplyAdd(w, upper, a5), Vector256.FusedMultiplyAdd(w, lower, b5));
            x += 2 * WideRows;
            line += 2 * TWeight.Size;
            third += 2 * TWeight.Size;
        }

        a0.Store(tile);
        b0.Store(tile + 8);
        a1.Store(tile + 16);
        b1.Store(tile + 24);
        a2.Store(tile + 32);
        b2.Store(tile + 40);
        a3.Store(tile + 48);
        b3.Store(tile + 56);
        a4.Store(tile + 64);
        b4.Store(tile + 72);
        a5.Store(tile + 80);
        b5.Store(tile + 88);
    }

    // As Wide, 12 columns of 8 rows.
    private static void Narrow<TWeight>(float* x, byte* line, nint stride, int pairs, float* tile)
        where TWeight : struct, IWeightLanes
    {
        byte* third = line + 3 * stride, sixth = line + 6 * stride, ninth = line + 9 * stride;
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        for (int k = 0; k < pairs; k++)
        {
            Vector256<float> v = Vector256.Load(x);
            a0 = Vector256.FusedMultiplyAdd(TWeight.Even(line), v, a0);
            a1 = Vector256.FusedMultiplyAdd(TWeight.Even(line + stride), v, a1);
            a2 = Vector256.FusedMultiplyAdd(TWeight.Even(line + 2 * stride), v, a2);
            a3 = Vector256.FusedMultiplyAdd(TWeight.Even(third), v, a3);
            a4 = Vector256.FusedMultiplyAdd(TWeight.Even(third + stride), v, a4);
            a5 = Vector256.FusedMultiplyAdd(TWeight.Even(third + 2 * stride), v, a5);
            a6 = Vector256.FusedMultiplyAdd(TWeight.Even(sixth), v, a6);
            a7 = Vector256.FusedMultiplyAdd(TWeight.Even(sixth + stride), v, a7);
            a8 = Vector256.FusedMultiplyAdd(TWeight.Even(sixth + 2 * stride), v, a8);
            a9 = Vector256.FusedMultiplyAdd(TWeight.Even(ninth), v, a9);
            a10 = Vector256.FusedMultiplyAdd(TWeight.Even(ninth + stride), v, a10);
            a11 = Vector256.FusedMultiplyAdd(TWeight.Even(ninth + 2 * stride), v, a11);
            v = Vector256.Load(x + NarrowRows);
            a0 = Vector256.FusedMultiplyAdd(TWeight.Odd(line), v, a0);
            a1 = Vector256.FusedMultiplyAdd(TWeight.Odd(line + stride), v, a1);
            a2 = Vector256.FusedMultiplyAdd(TWeight.Odd(line + 2 * stride), v, a2);
            a3 = Vector256.FusedMultiplyAdd(TWeight.Odd(third), v, a3);
            a4 = Vector256.FusedMultiplyAdd(TWeight.Odd(third + stride), v, a4);
            a5 = Vector256.FusedMultiplyAdd(TWeight.Odd(third + 2 * stride), v, a5);
            a6 = Vector256.FusedMultiplyAdd(TWeight.Odd(sixth), v, a6);
            a7 = Vector256.FusedMultiplyAdd(TWeight.Odd(sixth + stride), v, a7);
            a8 = Vector256.FusedMultiplyAdd(TWeight.Odd(sixth + 2 * stride), v, a8);
            a9 = Vector256.FusedMultiplyAdd(TWeight.Odd(ninth), v, a9);
            a10 = Vector256.FusedMultiplyAdd(TWeight.Odd(ninth + stride), v, a10);
            a11 = Vector256.FusedMultiplyAdd(TWeight.Odd(ninth + 2 * stride), v, a11);
            x += 2 * NarrowRows;
            line += 2 * TWeight.Size;
            third += 2 * TWeight.Size;
            sixth += 2 * TWeight.Size;
            ninth += 2 * TWeight.Size;
        }

        a0.Store(tile);
        a1.Store(tile + 8);
        a2.Store(tile + 16);
        a3.Store(tile + 24);
        a4.Store(tile + 32);
        a5.Store(tile + 40);
        a6.Store(tile + 48);
        a7.Store(tile + 56);
        a8.Store(tile + 64);
        a9.Store(tile + 72);
        a10.Store(tile + 80);
        a11.Store(tile + 88);
    }

    private static void Dots<TWeight>(float* x, byte* weight, float* result, int rows, int inputs, int outputs, int first, int end)
        where TWeight : struct, IWeightLanes
    {
        nint stride = (nint)inputs * TWeight.Size;
        for (nint o = first; o < end; o++)
        {
            if (rows == 1) result[o] = Dot<TWeight>(weight + o * stride, x, inputs / 2);
            else Dots<TWeight>(weight + o * stride, x, inputs / 2, rows, result + o, outputs);
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

    private static void Dots<TWeight>(byte* line, float* x, int half, int rows, float* result, nint stride)
        where TWeight : struct, IWeightLanes
    {
        int width = Vector<float>.Count;
        nint i = 0;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
        float* x1 = x + 2 * half, x2 = x + (rows > 2 ? 4 * half : 0), x3 = x + (rows > 3 ? 6 * half : 0);
        for (; i <= half - width; i += width)
        {
            TWeight.Load(line, i, half, out Vector<float> a, out Vector<float> b);
            s0 = Vector.FusedMultiplyAdd(b, Vector.Load(x + half + i), Vector.FusedMultiplyAdd(a, Vector.Load(x + i), s0));
            s1 = Vector.FusedMultiplyAdd(b, Vector.Load(x1 + half + i), Vector.FusedMultiplyAdd(a, Vector.Load(x1 + i), s1));
            if (rows < 3) continue;
            s2 = Vector.FusedMultiplyAdd(b, Vector.Load(x2 + half + i), Vector.FusedMultiplyAdd(a, Vector.Load(x2 + i), s2));
            s3 = Vector.FusedMultiplyAdd(b, Vector.Load(x3 + half + i), Vector.FusedMultiplyAdd(a, Vector.Load(x3 + i), s3));
        }

        result[0] = Vector.Sum(s0) + Rest<TWeight>(line, x, i, half);
        result[stride] = Vector.Sum(s1) + Rest<TWeight>(line, x1, i, half);
        if (rows > 2) result[2 * stride] = Vector.Sum(s2) + Rest<TWeight>(line, x2, i, half);
        if (rows > 3) result[3 * stride] = Vector.Sum(s3) + Rest<TWeight>(line, x3, i, half);
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
