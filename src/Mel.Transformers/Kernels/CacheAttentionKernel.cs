using System.Buffers;
using Mel.Runtime;

namespace Mel.Transformers.Kernels;

/// <summary>
/// Attention of single tokens over a key-value cache, each over its own number of slots, so that a batch of ragged sequences computes no padding. The query
/// heads of one key-value head share the keys and values they read; nothing is repeated.
/// </summary>
internal static unsafe class CacheAttentionKernel
{
    // Slots whose keys stay in the first-level cache while the heads of a group pass over them.
    private const int BlockSlots = 64;

    /// <summary>
    /// Row i of the queries starts at i * stride and holds heads * headSize numbers; keys and values are [rows, kvHeads, capacity, headSize]; token i reads the
    /// last of the first visible[i] slots, its own included, of cacheRows[i], as many as the form lets it see; the result is [tokens, heads * headSize].
    /// </summary>
    public static void Forward(
        float* query, int stride, float* keys, float* values, int[] cacheRows, int[] visible, float* result,
        int heads, int kvHeads, AttentionForm form, int capacity)
    {
        int headSize = form.HeadSize, longest = visible.Max();
        int group = heads / kvHeads;
        ParallelRows.For(cacheRows.Length, 2L * heads * headSize * longest, (first, end) =>
        {
            float[] scratch = ArrayPool<float>.Shared.Rent(group * longest);
            fixed (float* scores = scratch)
            {
                for (nint i = first; i < end; i++)
                {
                    int hidden = form.First(visible[i]);                               // a window hides the first slots
                    for (int j = 0; j < kvHeads; j++)
                    {
                        nint start = (((nint)cacheRows[i] * kvHeads + j) * capacity + hidden) * headSize;
                        nint head = (nint)j * group * headSize;
                        float* output = result + i * heads * headSize + head;
                        Group(query + i * stride + head, keys + start, values + start, visible[i] - hidden, output, scores, group, form);
                    }
                }
            }

            ArrayPool<float>.Shared.Return(scratch);
        });
    }

    private static void Group(float* query, float* keys, float* values, int slots, float* result, float* scores, int group, AttentionForm form)
    {
        int headSize = form.HeadSize;
        float scale = form.Scale;
        for (int block = 0; block < slots; block += BlockSlots)
        {
            int end = Math.Min(block + BlockSlots, slots);
            for (int g = 0; g < group; g++)
            {
                for (int s = block; s < end; s++) scores[g * slots + s] = scale * Simd.Dot(query + g * headSize, keys + (nint)s * headSize, headSize);
            }
        }

        for (int g = 0; g < group; g++)
        {
            float* row = scores + g * slots;
            Simd.Scale(row, slots, 1f / Simd.ExpSum(row, slots, Simd.Max(row, slots)));
        }

        for (int block = 0; block < slots; block += BlockSlots)
        {
            int count = Math.Min(BlockSlots, slots - block);
            float* rows = values + (nint)block * headSize;
            for (int g = 0; g < group; g++)
                Simd.WeightedSum(scores + g * slots + block, 1, rows, headSize, count, result + g * headSize, headSize, accumulate: block > 0);
        }
    }

    /// <summary>Copies key or value rows, stride apart, to slot visible[i] - 1 of their cache rows.</summary>
    public static void Store(float* rows, int stride, float* cache, int[] cacheRows, int[] visible, int kvHeads, int headSize, int capacity)
    {
        long bytes = headSize * sizeof(float);
        for (nint i = 0; i < cacheRows.Length; i++)
        {
            for (int j = 0; j < kvHeads; j++)
            {
                nint slot = ((nint)cacheRows[i] * kvHeads + j) * capacity + visible[i] - 1;
                Buffer.MemoryCopy(rows + i * stride + j * headSize, cache + slot * headSize, bytes, bytes);
            }
        }
    }
}
