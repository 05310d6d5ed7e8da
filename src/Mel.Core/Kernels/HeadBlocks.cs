using static TorchSharp.torch;

namespace Mel.Kernels;

/// <summary>The products with the output embedding, one block of its rows (columns of logits) at a time. Runs without gradient recording.</summary>
/// <param name="hidden">[R, H], contiguous.</param>
/// <param name="head">[V, H].</param>
/// <param name="width">Columns of logits in a block.</param>
internal sealed class HeadBlocks(Tensor hidden, Tensor head, long width)
{
    /// <summary>Elements of a block: small enough to lie in the cache between the product that writes it and the one that reads it.</summary>
    private const long BlockElements = 1 << 21;

    /// <summary>First columns of the blocks.</summary>
    public IEnumerable<long> Starts
    {
        get
        {
            for (long first = 0; first < head.size(0); first += width) yield return first;
        }
    }

    /// <summary>A width at which blocks of this many rows suit the cache; a multiple of 64 columns.</summary>
    public static long WidthFor(long rows, long vocabulary) => Math.Min(vocabulary, Math.Clamp(BlockElements / Math.Max(rows, 1) / 64 * 64, 256, 16384));

    public long WidthAt(long first) => Math.Min(width, head.size(0) - first);

    /// <summary>Memory for any block of logits.</summary>
    public Tensor NewBuffer() => empty(hidden.size(0) * width, dtype: hidden.dtype, device: hidden.device);

    /// <summary>The place of a block in memory that holds a whole chunk, [R V].</summary>
    public Tensor PlaceIn(Tensor chunk, long first) => chunk.narrow(0, hidden.size(0) * first, hidden.size(0) * WidthAt(first));

    /// <summary>hidden head[first ..]^T into the front of a buffer.</summary>
    /// <returns>[R, W], a view of the buffer.</returns>
    public Tensor Logits(Tensor buffer, long first)
    {
        long columns = WidthAt(first);
        Tensor block = buffer.narrow(0, 0, hidden.size(0) * columns).view(hidden.size(0), columns);
        using Tensor rows = head.narrow(0, first, columns), transposed = rows.t();
        return block.addmm_(hidden, transposed, beta: 0, alpha: 1);
    }

    /// <summary>hiddenGradient += block head[first ..].</summary>
    public void AddHiddenGradient(Tensor hiddenGradient, Tensor block, long first)
    {
        using var scope = NewDisposeScope();
        Tensor rows = head.narrow(0, first, block.size(1));
        if (hiddenGradient.dtype == block.dtype) hiddenGradient.addmm_(block, rows, beta: 1, alpha: 1);
        else hiddenGradient.add_(block.mm(rows));                                       // bfloat16 products, summed in float32
    }

    /// <summary>headGradient[first ..] (+)= block^T hidden.</summary>
    public void AddHeadGradient(Tensor headGradient, Tensor block, long first, bool overwrite)
    {
        using var scope = NewDisposeScope();
        Tensor rows = headGradient.narrow(0, first, block.size(1)), transposed = block.t();
        if (headGradient.dtype == block.dtype) rows.addmm_(transposed, hidden, beta: overwrite ? 0 : 1, alpha: 1);
        else if (overwrite) rows.copy_(transposed.mm(hidden));
        else rows.add_(transposed.mm(hidden));
    }
}
