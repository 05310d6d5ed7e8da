using static TorchSharp.torch;

namespace Mel.Head;

/// <summary>
/// Softmax over rows of logits that arrive one block of columns at a time, so that no more than one block is held. A first round over the blocks gathers
/// running statistics of z = logits / temperature; a second round makes the gradient.
/// </summary>
internal abstract class SoftmaxRows
{
    /// <summary>Picks the implementation for where the logits live.</summary>
    /// <param name="targets">Token of each row, [R], int64.</param>
    /// <param name="dtype">Type of the logits.</param>
    /// <param name="temperature">Divides the logits.</param>
    /// <param name="entropy">Whether the entropy is wanted.</param>
    public static SoftmaxRows Create(Tensor targets, ScalarType dtype, double temperature, bool entropy)
        => targets.device_type == TorchSharp.DeviceType.CPU && dtype is ScalarType.Float32 or ScalarType.BFloat16
            ? new ManagedSoftmaxRows(targets, dtype, temperature, entropy)
            : new TensorSoftmaxRows(targets, dtype, temperature, entropy);

    /// <summary>Type of log-probs and gradients of them: float64 for float64 logits, else float32.</summary>
    public static ScalarType ResultType(ScalarType dtype) => dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32;

    /// <summary>Takes in the logits of one block of columns.</summary>
    /// <param name="block">[R, W], contiguous.</param>
    /// <param name="firstColumn">Index of the block's first column in the vocabulary.</param>
    public abstract void Accumulate(Tensor block, long firstColumn);

    /// <summary>
    /// Takes in the logits of a block as <see cref="Accumulate"/> does, and replaces them by exp(z - max) with the largest z so far: the numerators of the
    /// probabilities, whose sum is known only after the last block.
    /// </summary>
    /// <param name="block">[R, W], contiguous; overwritten.</param>
    /// <param name="firstColumn">Index of the block's first column in the vocabulary.</param>
    /// <returns>Factor that brings sums over earlier blocks to the new maximum, [R]. Owned by the caller's dispose scope.</returns>
    public abstract Tensor AccumulateTerms(Tensor block, long firstColumn);

    /// <summary>The sum of all numerators after the last block, [R]. Owned by the caller's dispose scope.</summary>
    public abstract Tensor SumOfTerms();

    /// <summary>The results after the last block. Owned by the caller's dispose scope.</summary>
    /// <returns>Log-prob of the target, [R]; log sum exp(z), [R]; entropy, [R], or null.</returns>
    public abstract (Tensor LogProbs, Tensor LogSumExp, Tensor? Entropy) Finish();

    /// <summary>Begins the second round, in which <see cref="ToLogitGradient"/> is called for every block.</summary>
    /// <param name="logSumExp">log sum exp(z), [R].</param>
    /// <param name="upstream">Gradient of the loss with respect to each log-prob, [R].</param>
    /// <param name="entropy">Entropy, [R]; null when it carries no gradient.</param>
    /// <param name="entropyUpstream">Gradient of the loss with respect to each entropy, [R]; null when it carries none.</param>
    public abstract void BeginBackward(Tensor logSumExp, Tensor upstream, Tensor? entropy, Tensor? entropyUpstream);

    /// <summary>Replaces a block of logits by the gradient of the loss with respect to it: ((onehot - p) a - p (log p + H) b) / temperature.</summary>
    /// <param name="block">[R, W], contiguous; overwritten.</param>
    /// <param name="firstColumn">Index of the block's first column in the vocabulary.</param>
    public abstract void ToLogitGradient(Tensor block, long firstColumn);
}
