using Mel.Losses;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// The matrix products with the output embedding, one block of its rows (columns of logits) at a time, without gradient recording. Where the processor cannot
/// multiply matrices of the head's type (<see cref="NarrowProducts"/>), the hidden states and each block of the head are widened to float32 first, and the
/// logits are float32.
/// </summary>
internal sealed class HeadBlocks
{
    private readonly Tensor _hidden, _head;
    private readonly Tensor? _widened;
    private readonly long _width;
    private readonly double? _cap;

    /// <param name="hidden">[R, H], contiguous, of the head's type or float32.</param>
    /// <param name="head">[V, H].</param>
    /// <param name="nativeProducts">Whether the processor multiplies matrices of the head's type (<see cref="NarrowProducts.AreNative"/>).</param>
    /// <param name="cap">Bound that logits approach, cap tanh(logit / cap); null leaves them as they are.</param>
    public HeadBlocks(Tensor hidden, Tensor head, bool nativeProducts, double? cap = null)
    {
        _cap = cap;
        bool widens = Widens(head, nativeProducts);
        (_hidden, _head) = (hidden.to_type(LogitType(head, nativeProducts)), head);
        _width = Math.Min(head.size(0), Width(hidden.size(0), widens ? head.size(1) : 0));
        if (widens) _widened = empty([_width, head.size(1)], ScalarType.Float32);
    }

    /// <summary>The first column of every block.</summary>
    public IEnumerable<long> Starts
    {
        get
        {
            for (long first = 0; first < _head.size(0); first += _width) yield return first;
        }
    }

    /// <summary>Type in which the logits of a head are computed.</summary>
    public static ScalarType LogitType(Tensor head, bool nativeProducts) => Widens(head, nativeProducts) ? ScalarType.Float32 : head.dtype;

    /// <summary>Memory that any block of logits fits into.</summary>
    public Tensor NewBuffer() => empty(_hidden.size(0) * _width, dtype: _hidden.dtype, device: _hidden.device);

    /// <summary>The part of a chunk's memory, [R V], in which a block lies.</summary>
    public Tensor PlaceIn(Tensor chunk, long first) => chunk.narrow(0, _hidden.size(0) * first, _hidden.size(0) * WidthAt(first));

    /// <summary>Computes the logits of a block, hidden head[first ..]^T, bounded where there is a bound, in the front of a buffer.</summary>
    /// <returns>[R, W], a view of the buffer.</returns>
    public Tensor Logits(Tensor buffer, long first)
    {
        long columns = WidthAt(first);
        Tensor block = buffer.narrow(0, 0, _hidden.size(0) * columns).view(_hidden.size(0), columns);
        using Tensor rows = Rows(first, columns), transposed = rows.t();
        AddProduct(block, _hidden, transposed, overwrite: true);
        if (_cap is { } cap)
        {
            using Scalar inverse = (1 / cap).ToScalar(), bound = cap.ToScalar();
            block.mul_(inverse).tanh_().mul_(bound);
        }

        return block;
    }

    /// <summary>Replaces a block of logits by the gradient of the loss with respect to the product of hidden states and head.</summary>
    public void ToProductGradient(SoftmaxRows softmax, Tensor block, long first)
    {
        if (_cap is not { } cap)
        {
            softmax.ToLogitGradient(block, first);
            return;
        }

        using var scope = NewDisposeScope();
        Tensor slope = block.Times(1 / cap).square().neg().add(Scalars.One);            // of cap tanh(x / cap)
        softmax.ToLogitGradient(block, first);
        block.mul_(slope);
    }

    /// <summary>Adds the rows of the head, weighted by a block, to a sum: sum += block head[first ..], [R, H].</summary>
    public void AddWeightedHead(Tensor sum, Tensor block, long first)
    {
        using Tensor rows = Rows(first, block.size(1));
        AddProduct(sum, block, rows, overwrite: false);
    }

    /// <summary>Adds the gradient of a block to the gradient of the head, or overwrites it: headGradient[first ..] (+)= block^T hidden.</summary>
    public void AddHeadGradient(Tensor headGradient, Tensor block, long first, bool overwrite)
    {
        using Tensor rows = headGradient.narrow(0, first, block.size(1)), transposed = block.t();
        AddProduct(rows, transposed, _hidden, overwrite);
    }

    /// <summary>sum (+)= a b. Where the sum has another type than the factors, the product is computed in the type of the factors first.</summary>
    private static void AddProduct(Tensor sum, Tensor a, Tensor b, bool overwrite)
    {
        using var scope = NewDisposeScope();
        if (sum.dtype != a.dtype)
        {
            if (overwrite) sum.copy_(a.mm(b));
            else sum.add_(a.mm(b));
        }
        else
        {
            sum.addmm_(a, b, beta: overwrite ? 0 : 1, alpha: 1);
        }
    }

    private static bool Widens(Tensor head, bool nativeProducts)
        => !nativeProducts && head.device_type == TorchSharp.DeviceType.CPU && head.dtype is (ScalarType.BFloat16 or ScalarType.Float16);

    /// <summary>The width at which a block of logits, and a widened block of the head, fit into the cache: a multiple of 64 columns.</summary>
    private static long Width(long rows, long widenedColumns)
        => Math.Clamp(HeadSizes.BlockElements / Math.Max(Math.Max(rows, widenedColumns), 1) / 64 * 64, 256, 16384);

    private long WidthAt(long first) => Math.Min(_width, _head.size(0) - first);

    /// <summary>A block of the head's rows, [W, H], in the type of the products.</summary>
    private Tensor Rows(long first, long columns)
    {
        Tensor rows = _head.narrow(0, first, columns);
        if (_widened is null) return rows;
        using (rows) return _widened.narrow(0, 0, columns).copy_(rows);
    }
}
