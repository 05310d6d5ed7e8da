using Mel.Losses;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Head;

public static partial class TokenLogProbs
{
    /// <summary>
    /// Computes log-probs and, in the same pass, the gradients of a loss of the log-probs. Rows are taken in chunks. As soon as the log-probs of a chunk are
    /// known, the loss gives its slopes, and the gradients of hidden states and head are made from the logits of the chunk. This takes one matrix product fewer
    /// than <see cref="FromHidden"/>, which computes the logits twice.
    /// </summary>
    /// <remarks>
    /// The loss has to know its slopes from one chunk of log-probs alone. Ratios of whole trajectories need all of a trajectory's log-probs before the first
    /// slope: score with <see cref="FromHidden"/> for them.
    /// </remarks>
    /// <param name="hidden">Last hidden states of the wanted positions, [N, H]; carries gradient.</param>
    /// <param name="head">
    /// Output embedding, [V, H], of the type of <paramref name="hidden"/>, or narrower where that is float32; carries gradient, or none.
    /// </param>
    /// <param name="targets">Token ids, [N], int64.</param>
    /// <param name="slopes">Called once for each chunk, in order. A chunk without any slope costs no further product.</param>
    /// <param name="temperature">Divides the logits; the temperature the tokens were sampled with.</param>
    /// <param name="entropy">Whether the entropy of each row is wanted as well.</param>
    /// <param name="chunkRows">Rows of logits held at a time; 0 chooses so that they take 64 MiB.</param>
    /// <param name="logitCap">Bound that logits approach before the softmax, cap tanh(logit / cap), as Gemma 2 has one; null leaves them as they are.</param>
    /// <exception cref="ShapeMismatchException">The inputs do not fit together, or there is not one slope per row.</exception>
    public static HeadGradient WithGradient(Tensor hidden, Tensor head, Tensor targets, TokenSlopes slopes, double temperature = 1, bool entropy = false,
        int chunkRows = 0, double? logitCap = null)
        => ComputeWithGradient(hidden, head, targets, slopes, NarrowProducts.AreNative(head.dtype), temperature, entropy, chunkRows, logitCap);

    /// <summary><see cref="WithGradient"/> for a processor that multiplies matrices of the head's type, or for one that does not.</summary>
    internal static HeadGradient ComputeWithGradient(Tensor hidden, Tensor head, Tensor targets, TokenSlopes slopes, bool nativeProducts,
        double temperature = 1, bool entropy = false, int chunkRows = 0, double? logitCap = null)
    {
        RequireHead(hidden, head, targets);
        ArgumentNullException.ThrowIfNull(slopes);
        ArgumentOutOfRangeException.ThrowIfNegative(chunkRows);
        if (logitCap is { } cap) ArgumentOutOfRangeException.ThrowIfNegativeOrZero(cap, nameof(logitCap));
        using var scope = NewDisposeScope();
        bool recording = is_grad_enabled(), ofHidden = recording && hidden.requires_grad, ofHead = recording && head.requires_grad;
        ScalarType type = SoftmaxRows.ResultType(hidden.dtype), logitType = HeadBlocks.LogitType(head, nativeProducts);
        long rows = hidden.size(0), most = ChunkRows(chunkRows, rows, head, logitType, ofHead);
        Tensor logProbs = empty(rows, type, hidden.device);
        Tensor? spread = entropy ? empty(rows, type, hidden.device) : null;
        Tensor? hiddenGradient = ofHidden ? zeros(hidden.shape, type, hidden.device) : null;
        ScalarType headType = rows > most ? type : head.dtype;                          // chunks add up in float32; a single one may write its own type
        Tensor? headGradient = ofHead ? empty(head.shape, headType, head.device) : null;
        bool headIsWritten = false;
        using (no_grad())
        {
            Tensor states = hidden.contiguous(), memory = empty(Math.Min(most, rows) * head.size(0), logitType, hidden.device);     // one chunk of logits
            for (long first = 0; first < rows; first += most)
            {
                using var chunk = NewDisposeScope();
                long count = Math.Min(most, rows - first);
                var blocks = new HeadBlocks(states.narrow(0, first, count), head, nativeProducts, logitCap);
                var softmax = SoftmaxRows.Create(targets.narrow(0, first, count), logitType, temperature, entropy);
                List<Tensor> logits = [];                                               // the chunk's, block by block
                foreach (long start in blocks.Starts)
                {
                    logits.Add(blocks.Logits(blocks.PlaceIn(memory, start), start));
                    softmax.Accumulate(logits[^1], start);
                }
                (Tensor chunkLogProbs, Tensor logSumExp, Tensor? chunkEntropy) = softmax.Finish();
                logProbs.narrow(0, first, count).copy_(chunkLogProbs);
                spread?.narrow(0, first, count).copy_(chunkEntropy!);

                Tensor slope;
                using (set_grad_enabled(recording)) slope = slopes(chunkLogProbs, chunkEntropy, first).detach();   // it may differentiate for itself
                Shapes.RequireSame(chunkLogProbs, slope, "the log-probs of the chunk", nameof(slopes));
                if (!(ofHidden || ofHead) || slope.count_nonzero().item<long>() == 0) continue;
                softmax.BeginBackward(logSumExp, slope, null, null);
                using Tensor? sum = hiddenGradient?.narrow(0, first, count);
                foreach ((long start, Tensor block) in blocks.Starts.Zip(logits))
                {
                    blocks.ToProductGradient(softmax, block, start);
                    if (sum is not null) blocks.AddWeightedHead(sum, block, start);
                    if (headGradient is not null) blocks.AddHeadGradient(headGradient, block, start, overwrite: !headIsWritten);
                }
                headIsWritten = true;
            }
            if (!headIsWritten) headGradient?.zero_();
        }

        var gradients = new CarrierFunction.Gradients(hiddenGradient?.to_type(hidden.dtype), headGradient?.to_type(head.dtype));
        Tensor carrier = CarrierFunction.apply(hidden, head.t(), gradients);
        return new(logProbs.MoveToOuterDisposeScope(), spread?.MoveToOuterDisposeScope(), carrier.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The number of rows of a chunk: what the caller asks for, or equal chunks of about <see cref="HeadSizes.GradientChunkBytes"/>. Several chunks need a
    /// float32 matrix to sum the gradient of a narrower head in; rows whose logits fit into the memory of that matrix are one chunk.
    /// </summary>
    private static long ChunkRows(int asked, long rows, Tensor head, ScalarType logitType, bool ofHead)
    {
        if (asked > 0) return asked;
        long rowBytes = head.size(0) * logitType.ElementSize();
        long sumBytes = ofHead && head.dtype != SoftmaxRows.ResultType(head.dtype) ? head.NumberOfElements * sizeof(float) : 0;
        if (rows * rowBytes <= HeadSizes.GradientChunkBytes + sumBytes) return Math.Max(1, rows);
        long most = Math.Max(1, HeadSizes.GradientChunkBytes / rowBytes), chunks = (rows + most - 1) / most;
        return (rows + chunks - 1) / chunks;
    }
}

/// <summary>The slopes of a loss for <see cref="TokenLogProbs.WithGradient"/>: how the loss changes with the log-prob of each token.</summary>
/// <param name="logProbs">log pi_theta of rows first .. first + R - 1, [R], without gradient.</param>
/// <param name="entropy">Their entropy in nats, [R], without gradient; null where it was not asked for.</param>
/// <param name="first">Index of the first row.</param>
/// <returns>
/// d loss / d log-prob, [R]; 0 for a row that carries no gradient. The caller disposes the result and all other tensors made in the call.
/// </returns>
public delegate Tensor TokenSlopes(Tensor logProbs, Tensor? entropy, long first);

/// <summary>The results of <see cref="TokenLogProbs.WithGradient"/>. The tensors belong to the caller's dispose scope.</summary>
/// <param name="LogProbs">log pi_theta of the targets, [N], without gradient.</param>
/// <param name="Entropy">Entropy in nats, [N], without gradient; null where it was not asked for.</param>
/// <param name="Carrier">
/// Scalar, [], of value 0. Its one backward pass gives hidden and head the gradients that were computed already. Other losses may be added to it.
/// </param>
public sealed record HeadGradient(Tensor LogProbs, Tensor? Entropy, Tensor Carrier);
