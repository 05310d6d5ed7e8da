using Mel.Transformers.Kernels;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// Keys and values of the tokens that sequences have passed through the model, allocated once: [rows, kvHeads, capacity, headSize] per layer, one row per
/// sequence, slot = position. Where the fused kernels serve it, memory is touched only where tokens are written.
/// </summary>
internal sealed class KvCache : IDisposable
{
    private readonly Tensor[] _keys, _values;
    private readonly Stack<int> _free;

    public KvCache(ModelConfig config, int rows, int capacity, ScalarType dataType, Device device, Fused fused)
    {
        (Rows, Capacity, KeyValueHeads, HeadSize) = (rows, capacity, config.KeyValueHeads, config.HeadSize);
        _free = new Stack<int>(Enumerable.Range(0, rows).Reverse());
        (_keys, _values) = (new Tensor[config.Layers], new Tensor[config.Layers]);
        try
        {
            foreach (Tensor[] layers in (Tensor[][])[_keys, _values])
            {
                for (int i = 0; i < layers.Length; i++) layers[i] = Memory([rows, config.KeyValueHeads, capacity, config.HeadSize], dataType, device, fused);
            }
        }
        catch
        {
            Dispose();     // memory ran out: nobody else knows of what was there already
            throw;
        }
    }

    public int Rows { get; }

    public int Capacity { get; }

    public int KeyValueHeads { get; }

    public int HeadSize { get; }

    /// <summary>Rows that no sequence occupies.</summary>
    public int FreeRows => _free.Count;

    /// <summary>Bytes of keys and values of one token over all layers.</summary>
    public static long BytesPerToken(ModelConfig config, ScalarType dataType)
        => 2L * config.Layers * config.KeyValueHeads * config.HeadSize * (dataType == ScalarType.Float32 ? 4 : dataType == ScalarType.Float64 ? 8 : 2);

    public Tensor Keys(int layer) => _keys[layer];

    public Tensor Values(int layer) => _values[layer];

    /// <summary>Takes a free row.</summary>
    public int Rent() => _free.Pop();

    /// <summary>Gives a row back; its content is overwritten by the next sequence.</summary>
    public void Return(int row) => _free.Push(row);

    /// <summary>Stores the keys and values of flat tokens of one layer in their slots.</summary>
    public void Write(int layer, Tensor key, Tensor value, int[] cacheRows, int[] visible)
    {
        using var scope = NewDisposeScope();
        var slots = new long[cacheRows.Length * KeyValueHeads];
        for (int i = 0; i < cacheRows.Length; i++)
        {
            for (int j = 0; j < KeyValueHeads; j++) slots[i * KeyValueHeads + j] = ((long)cacheRows[i] * KeyValueHeads + j) * Capacity + visible[i] - 1;
        }

        Tensor index = tensor(slots, device: key.device);
        _keys[layer].view(-1, HeadSize).index_copy_(0, index, key.reshape(-1, HeadSize));
        _values[layer].view(-1, HeadSize).index_copy_(0, index, value.reshape(-1, HeadSize));
    }

    /// <summary>Copies the first slots of a row to other rows: the prompt of a group is computed once.</summary>
    public void CopyPrefix(int from, ReadOnlySpan<int> to, int slots)
    {
        while (!to.IsEmpty)
        {
            int run = 1;
            while (run < to.Length && to[run] == to[run - 1] + 1) run++;
            foreach (Tensor[] layers in (Tensor[][])[_keys, _values])
            {
                foreach (Tensor layer in layers)
                {
                    using var scope = NewDisposeScope();
                    layer.narrow(0, to[0], run).narrow(2, 0, slots).copy_(layer.narrow(0, from, 1).narrow(2, 0, slots));
                }
            }

            to = to[run..];
        }
    }

    public void Dispose()
    {
        foreach (Tensor? tensor in _keys) tensor?.Dispose();
        foreach (Tensor? tensor in _values) tensor?.Dispose();
    }

    // The fused kernel reads no slot that was not written. Composed attention gives such slots the weight 0, and 0 times whatever lay in that memory may be
    // NaN.
    private static Tensor Memory(long[] shape, ScalarType dataType, Device device, Fused fused)
    {
        Tensor memory = empty(shape, dtype: dataType, device: device);
        if (!fused.Serves(memory)) memory.zero_();
        return memory.DetachFromDisposeScope();
    }
}
