using System.Buffers;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>
/// A few float32 rows times a large matrix, accumulated in float32: the product of decoding. The matrix is read once, as it lies in memory; a general matrix
/// product first rearranges it, which for few rows costs more than the product.
/// </summary>
/// <remarks>
/// One to four rows are dot products along the matrix's rows. More rows are turned so that vector lanes run over them: a tile of the result, two
/// registers of rows by 6 columns or one by 12, stays in registers while the common dimension passes by, and one number of the matrix at a time is spread over
/// all lanes.
/// </remarks>
internal static unsafe partial class RowProductKernel
{
    /// <summary>Rows up to which this is faster than a matrix product of float32.</summary>
    public const int MaxRows = 128;

    /// <summary>Columns the result must have.</summary>
    public const int BlockColumns = 12;

    private const int DotRows = 4, WideColumns = 6;

    /// <summary>Whether the processor has the vectors that the tiles are made of.</summary>
    public static bool IsSupported => Vector256.IsHardwareAccelerated && Fma.IsSupported;

    /// <summary>
    /// result[r, o] = sum over i of x[r, i] * weight[o, i]; the number of inputs is even, that of outputs at least <see cref="BlockColumns"/>.
    /// </summary>
    public static void Multiply<TWeight>(float* x, byte* weight, float* result, int rows, int inputs, int outputs)
        where TWeight : struct, IWeightLanes
    {
        if (rows <= DotRows) Dots<TWeight>(x, weight, result, rows, inputs, outputs);
        else if (Vector512.IsHardwareAccelerated) Turned<TWeight, Vector512<float>, Lanes512>(x, weight, result, rows, inputs, outputs);
        else Turned<TWeight, Vector256<float>, Lanes256>(x, weight, result, rows, inputs, outputs);
    }

    internal static void Turned<TWeight, TVector, TLanes>(float* x, byte* weight, float* result, int rows, int inputs, int outputs)
        where TWeight : struct, IWeightLanes
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int padded = (rows + TLanes.Count - 1) / TLanes.Count * TLanes.Count;
        float[] scratch = ArrayPool<float>.Shared.Rent(padded * inputs);
        fixed (float* pinned = scratch)
        {
            float* packed = pinned;
            Pack(x, packed, rows, padded, inputs, TLanes.Count);
            int blocks = (outputs + BlockColumns - 1) / BlockColumns;
            ParallelRows.For(blocks, (long)BlockColumns * rows * inputs, (first, end)
                => Tiles<TWeight, TVector, TLanes>(packed, weight, result, rows, inputs, outputs, first, end));
        }

        ArrayPool<float>.Shared.Return(scratch);
    }

    // Tiles of two registers of rows, then at most one of one, each [inputs, rows] with the rows side by side; lanes without a row are zero.
    private static void Pack(float* x, float* packed, int rows, int padded, int inputs, int lanes)
    {
        for (int first = 0; first < padded;)
        {
            int height = Math.Min(2 * lanes, padded - first);
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
    private static void Tiles<TWeight, TVector, TLanes>(
        float* packed, byte* weight, float* result, int rows, int inputs, int outputs, int firstBlock, int endBlock)
        where TWeight : struct, IWeightLanes
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int lanes = TLanes.Count;
        float* tile = stackalloc float[BlockColumns * lanes];
        nint stride = (nint)inputs * TWeight.Size;
        for (int block = firstBlock; block < endBlock; block++)
        {
            int column = Math.Min(block * BlockColumns, outputs - BlockColumns), row = 0;
            byte* lines = weight + column * stride;
            for (; rows - row > lanes; row += 2 * lanes)
            {
                for (int c = 0; c < BlockColumns; c += WideColumns)
                {
                    Wide<TWeight, TVector, TLanes>(packed + (nint)row * inputs, lines + c * stride, stride, inputs / 2, tile);
                    Spread(tile, 2 * lanes, WideColumns, result + (nint)row * outputs + column + c, outputs, Math.Min(2 * lanes, rows - row));
                }
            }

            if (row >= rows) continue;
            Narrow<TWeight, TVector, TLanes>(packed + (nint)row * inputs, lines, stride, inputs / 2, tile);
            Spread(tile, lanes, BlockColumns, result + (nint)row * outputs + column, outputs, rows - row);
        }
    }

    private static void Spread(float* tile, int height, int columns, float* result, nint outputs, int rows)
    {
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++) result[r * outputs + c] = tile[c * height + r];
        }
    }

    // 12 accumulators, 2 registers of x and one of the matrix are 15 of the 16 that AVX2 has. The method makes no call and takes no stack memory: around either
    // the compiler would keep every accumulator in memory.
    private static void Wide<TWeight, TVector, TLanes>(float* x, byte* line, nint stride, int pairs, float* tile)
        where TWeight : struct, IWeightLanes
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int lanes = TLanes.Count;
        byte* third = line + 3 * stride;
        TVector a0 = default, b0 = default, a1 = default, b1 = default, a2 = default, b2 = default;
        TVector a3 = default, b3 = default, a4 = default, b4 = default, a5 = default, b5 = default;
        for (int k = 0; k < pairs; k++)
        {
            TVector upper = TLanes.Load(x), lower = TLanes.Load(x + lanes), w = TWeight.First<TVector, TLanes>(line);
            (a0, b0) = (TLanes.MultiplyAdd(w, upper, a0), TLanes.MultiplyAdd(w, lower, b0));
            w = TWeight.First<TVector, TLanes>(line + stride);
            (a1, b1) = (TLanes.MultiplyAdd(w, upper, a1), TLanes.MultiplyAdd(w, lower, b1));
            w = TWeight.First<TVector, TLanes>(line + 2 * stride);
            (a2, b2) = (TLanes.MultiplyAdd(w, upper, a2), TLanes.MultiplyAdd(w, lower, b2));
            w = TWeight.First<TVector, TLanes>(third);
            (a3, b3) = (TLanes.MultiplyAdd(w, upper, a3), TLanes.MultiplyAdd(w, lower, b3));
            w = TWeight.First<TVector, TLanes>(third + stride);
            (a4, b4) = (TLanes.MultiplyAdd(w, upper, a4), TLanes.MultiplyAdd(w, lower, b4));
            w = TWeight.First<TVector, TLanes>(third + 2 * stride);
            (a5, b5) = (TLanes.MultiplyAdd(w, upper, a5), TLanes.MultiplyAdd(w, lower, b5));
            (upper, lower, w) = (TLanes.Load(x + 2 * lanes), TLanes.Load(x + 3 * lanes), TWeight.Second<TVector, TLanes>(line));
            (a0, b0) = (TLanes.MultiplyAdd(w, upper, a0), TLanes.MultiplyAdd(w, lower, b0));
            w = TWeight.Second<TVector, TLanes>(line + stride);
            (a1, b1) = (TLanes.MultiplyAdd(w, upper, a1), TLanes.MultiplyAdd(w, lower, b1));
            w = TWeight.Second<TVector, TLanes>(line + 2 * stride);
            (a2, b2) = (TLanes.MultiplyAdd(w, upper, a2), TLanes.MultiplyAdd(w, lower, b2));
            w = TWeight.Second<TVector, TLanes>(third);
            (a3, b3) = (TLanes.MultiplyAdd(w, upper, a3), TLanes.MultiplyAdd(w, lower, b3));
            w = TWeight.Second<TVector, TLanes>(third + stride);
            (a4, b4) = (TLanes.MultiplyAdd(w, upper, a4), TLanes.MultiplyAdd(w, lower, b4));
            w = TWeight.Second<TVector, TLanes>(third + 2 * stride);
            (a5, b5) = (TLanes.MultiplyAdd(w, upper, a5), TLanes.MultiplyAdd(w, lower, b5));
            x += 4 * lanes;
            line += 2 * TWeight.Size;
            third += 2 * TWeight.Size;
        }

        TLanes.Store(a0, tile);
        TLanes.Store(b0, tile + lanes);
        TLanes.Store(a1, tile + 2 * lanes);
        TLanes.Store(b1, tile + 3 * lanes);
        TLanes.Store(a2, tile + 4 * lanes);
        TLanes.Store(b2, tile + 5 * lanes);
        TLanes.Store(a3, tile + 6 * lanes);
        TLanes.Store(b3, tile + 7 * lanes);
        TLanes.Store(a4, tile + 8 * lanes);
        TLanes.Store(b4, tile + 9 * lanes);
        TLanes.Store(a5, tile + 10 * lanes);
        TLanes.Store(b5, tile + 11 * lanes);
    }

    // As Wide, 12 columns of one register of rows.
    private static void Narrow<TWeight, TVector, TLanes>(float* x, byte* line, nint stride, int pairs, float* tile)
        where TWeight : struct, IWeightLanes
        where TVector : unmanaged
        where TLanes : struct, ILanes<TVector>
    {
        int lanes = TLanes.Count;
        byte* third = line + 3 * stride, sixth = line + 6 * stride, ninth = line + 9 * stride;
        TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
        TVector a6 = default, a7 = default, a8 = default, a9 = default, a10 = default, a11 = default;
        for (int k = 0; k < pairs; k++)
        {
            TVector v = TLanes.Load(x);
            a0 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(line), v, a0);
            a1 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(line + stride), v, a1);
            a2 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(line + 2 * stride), v, a2);
            a3 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(third), v, a3);
            a4 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(third + stride), v, a4);
            a5 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(third + 2 * stride), v, a5);
            a6 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(sixth), v, a6);
            a7 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(sixth + stride), v, a7);
            a8 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(sixth + 2 * stride), v, a8);
            a9 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(ninth), v, a9);
            a10 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(ninth + stride), v, a10);
            a11 = TLanes.MultiplyAdd(TWeight.First<TVector, TLanes>(ninth + 2 * stride), v, a11);
            v = TLanes.Load(x + lanes);
            a0 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(line), v, a0);
            a1 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(line + stride), v, a1);
            a2 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(line + 2 * stride), v, a2);
            a3 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(third), v, a3);
            a4 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(third + stride), v, a4);
            a5 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(third + 2 * stride), v, a5);
            a6 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(sixth), v, a6);
            a7 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(sixth + stride), v, a7);
            a8 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(sixth + 2 * stride), v, a8);
            a9 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(ninth), v, a9);
            a10 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(ninth + stride), v, a10);
            a11 = TLanes.MultiplyAdd(TWeight.Second<TVector, TLanes>(ninth + 2 * stride), v, a11);
            x += 2 * lanes;
            line += 2 * TWeight.Size;
            third += 2 * TWeight.Size;
            sixth += 2 * TWeight.Size;
            ninth += 2 * TWeight.Size;
        }

        TLanes.Store(a0, tile);
        TLanes.Store(a1, tile + lanes);
        TLanes.Store(a2, tile + 2 * lanes);
        TLanes.Store(a3, tile + 3 * lanes);
        TLanes.Store(a4, tile + 4 * lanes);
        TLanes.Store(a5, tile + 5 * lanes);
        TLanes.Store(a6, tile + 6 * lanes);
        TLanes.Store(a7, tile + 7 * lanes);
        TLanes.Store(a8, tile + 8 * lanes);
        TLanes.Store(a9, tile + 9 * lanes);
        TLanes.Store(a10, tile + 10 * lanes);
        TLanes.Store(a11, tile + 11 * lanes);
    }
}
