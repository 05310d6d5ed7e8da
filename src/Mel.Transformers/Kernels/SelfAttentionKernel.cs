using System.Buffers;
using System.Numerics;
using Mel.Runtime;
using Mel.Transformers.Packing;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Causal attention within short sequences that lie one after another in flat matrices, forward and backward, without padding and without repeating keys for
/// grouped queries. Query rows are [heads * headSize], key and value rows [kvHeads * headSize].
/// </summary>
/// <remarks>
/// Scores of one query over all keys are computed with the keys transposed, so that vector lanes run over positions and no lane sums are needed. The square of
/// a sequence's length is held in scratch memory, which is why longer sequences take libtorch's blocked attention.
/// </remarks>
internal static unsafe class SelfAttentionKernel
{
    /// <summary>Longest sequence this kernel is meant for.</summary>
    public const int MaxLength = 128;

    /// <summary>
    /// Rows of the queries are queryStride apart, those of keys and values keyStride; the result is [tokens, heads * headSize]. The logarithm of the sum of
    /// exponentials of every query head, [tokens, heads], serves the backward pass and may be null.
    /// </summary>
    public static void Forward(
        float* query, int queryStride, float* key, float* value, int keyStride, Segment[] segments, float* result, float* logSums,
        int heads, int kvHeads, AttentionForm form)
    {
        int padded = Padded(segments.Max(s => s.Length)), group = heads / kvHeads, headSize = form.HeadSize;
        float scale = form.Scale;
        ParallelRows.For(segments.Length * kvHeads, 2L * group * headSize * padded * padded, (first, end) =>
        {
            float[] scratch = ArrayPool<float>.Shared.Rent((headSize + 1) * padded);
            fixed (float* transposed = scratch)
            {
                float* scores = transposed + headSize * padded;
                for (int unit = first; unit < end; unit++)
                {
                    Segment segment = segments[unit / kvHeads];
                    int j = unit % kvHeads;
                    float* keys = key + (nint)segment.Start * keyStride + j * headSize;
                    float* values = value + (nint)segment.Start * keyStride + j * headSize;
                    Transpose(keys, keyStride, transposed, padded, segment.Length, headSize);
                    for (int i = 0; i < segment.Length; i++)
                    {
                        nint row = segment.Start + i;
                        int hidden = form.First(i + 1), seen = i + 1 - hidden;      // a window hides the first keys
                        float* visible = scores + hidden, rows = values + (nint)hidden * keyStride;
                        for (int h = j * group; h < (j + 1) * group; h++)
                        {
                            Scores(query + row * queryStride + h * headSize, transposed, padded, i + 1, headSize, scale, scores);
                            float max = Simd.Max(visible, seen);
                            float sum = Simd.ExpSum(visible, seen, max);
                            Simd.Scale(visible, seen, 1f / sum);
                            if (logSums is not null) logSums[row * heads + h] = max + MathF.Log(sum);
                            Simd.WeightedSum(visible, 1, rows, keyStride, seen, result + (row * heads + h) * headSize, headSize, accumulate: false);
                        }
                    }
                }
            }

            ArrayPool<float>.Shared.Return(scratch);
        });
    }

    /// <summary>Writes the gradients of query, key and value. All matrices are contiguous.</summary>
    public static void Backward(
        float* query, float* key, float* value, float* result, float* logSums, float* dresult, Segment[] segments,
        float* dquery, float* dkey, float* dvalue, int heads, int kvHeads, AttentionForm form)
    {
        int padded = Padded(segments.Max(s => s.Length)), group = heads / kvHeads, headSize = form.HeadSize;
        int queryStride = heads * headSize, keyStride = kvHeads * headSize;
        float scale = form.Scale;
        ParallelRows.For(segments.Length * kvHeads, 5L * group * headSize * padded * padded, (first, end) =>
        {
            float[] scratch = ArrayPool<float>.Shared.Rent((2 * headSize + 2 * padded) * padded);
            fixed (float* keysTransposed = scratch)
            {
                float* valuesTransposed = keysTransposed + headSize * padded;
                float* weights = valuesTransposed + headSize * padded;      // P, one row per query
                float* slopes = weights + padded * padded;                  // dS, likewise
                for (int unit = first; unit < end; unit++)
                {
                    Segment segment = segments[unit / kvHeads];
                    int j = unit % kvHeads, length = segment.Length;
                    nint keyStart = (nint)segment.Start * keyStride + j * headSize;
                    Transpose(key + keyStart, keyStride, keysTransposed, padded, length, headSize);
                    Transpose(value + keyStart, keyStride, valuesTransposed, padded, length, headSize);
                    for (int h = j * group; h < (j + 1) * group; h++)
                    {
                        for (int i = 0; i < length; i++)
                        {
                            nint at = (nint)(segment.Start + i) * queryStride + h * headSize;
                            float* p = weights + i * padded, ds = slopes + i * padded;
                            Scores(query + at, keysTransposed, padded, i + 1, headSize, scale, p);
                            Simd.ExpSum(p, i + 1, logSums[(nint)(segment.Start + i) * heads + h]);
                            Scores(dresult + at, valuesTransposed, padded, i + 1, headSize, 1f, ds);
                            Slopes(p, ds, i + 1, Simd.Dot(dresult + at, result + at, headSize), scale);
                            Hide(p, ds, form.First(i + 1));
                            Simd.WeightedSum(ds, 1, key + keyStart, keyStride, i + 1, dquery + at, headSize, accumulate: false);
                        }

                        nint queryStart = (nint)segment.Start * queryStride + h * headSize;
                        bool accumulate = h > j * group;
                        for (int k = 0; k < length; k++)
                        {
                            // Only queries from k on see key k.
                            nint from = queryStart + (nint)k * queryStride, to = keyStart + (nint)k * keyStride;
                            int column = k * padded + k;
                            Simd.WeightedSum(slopes + column, padded, query + from, queryStride, length - k, dkey + to, headSize, accumulate);
                            Simd.WeightedSum(weights + column, padded, dresult + from, queryStride, length - k, dvalue + to, headSize, accumulate);
                        }
                    }
                }
            }

            ArrayPool<float>.Shared.Return(scratch);
        });
    }

    // What a window hides has no weight and no slope.
    private static void Hide(float* p, float* ds, int count)
    {
        new Span<float>(p, count).Clear();
        new Span<float>(ds, count).Clear();
    }

    private static int Padded(int length) => (length + Simd.Width - 1) / Simd.Width * Simd.Width;

    // The padding is zero, so that the lanes beyond the end compute something finite.
    private static void Transpose(float* rows, int stride, float* result, int padded, int length, int headSize)
    {
        for (int d = 0; d < headSize; d++)
        {
            float* line = result + d * padded;
            for (int s = 0; s < length; s++) line[s] = rows[(nint)s * stride + d];
            for (int s = length; s < padded; s++) line[s] = 0;
        }
    }

    // scores[s] = scale * sum over d of vector[d] * transposed[d, s], for s below count rounded up to whole vectors.
    private static void Scores(float* vector, float* transposed, int padded, int count, int headSize, float scale, float* scores)
    {
        int s = 0;
        var scales = new Vector<float>(scale);
        for (; s < count && s <= padded - 4 * Simd.Width; s += 4 * Simd.Width)
        {
            Vector<float> s0 = default, s1 = default, s2 = default, s3 = default;
            float* line = transposed + s;
            for (int d = 0; d < headSize; d++, line += padded)
            {
                var v = new Vector<float>(vector[d]);
                s0 = Vector.FusedMultiplyAdd(v, Simd.Load(line), s0);
                s1 = Vector.FusedMultiplyAdd(v, Simd.Load(line + Simd.Width), s1);
                s2 = Vector.FusedMultiplyAdd(v, Simd.Load(line + 2 * Simd.Width), s2);
                s3 = Vector.FusedMultiplyAdd(v, Simd.Load(line + 3 * Simd.Width), s3);
            }

            (s0 * scales).Store(scores + s);
            (s1 * scales).Store(scores + s + Simd.Width);
            (s2 * scales).Store(scores + s + 2 * Simd.Width);
            (s3 * scales).Store(scores + s + 3 * Simd.Width);
        }

        for (; s < count; s += Simd.Width)
        {
            Vector<float> s0 = default;
            float* line = transposed + s;
            for (int d = 0; d < headSize; d++, line += padded) s0 = Vector.FusedMultiplyAdd(new Vector<float>(vector[d]), Simd.Load(line), s0);
            (s0 * scales).Store(scores + s);
        }
    }

    // ds = p * (dp - delta) * scale, in place of dp.
    private static void Slopes(float* p, float* dp, int count, float delta, float scale)
    {
        var deltas = new Vector<float>(delta);
        var scales = new Vector<float>(scale);
        int s = 0;
        for (; s <= count - Simd.Width; s += Simd.Width) (Simd.Load(p + s) * (Simd.Load(dp + s) - deltas) * scales).Store(dp + s);
        for (; s < count; s++) dp[s] = p[s] * (dp[s] - delta) * scale;
    }
}
