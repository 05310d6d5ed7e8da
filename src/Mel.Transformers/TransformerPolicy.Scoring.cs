using Mel.Head;
using Mel.Rollouts;
using Mel.Transformers.Estimation;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers;

public sealed partial class TransformerPolicy
{
    /// <inheritdoc/>
    public bool FusesGradient => Model.HeadTrains;

    /// <summary>Rows of logits held at a time while gradients are made; 0 lets the head choose. For tests, which reach several chunks with few rows.</summary>
    internal int HeadChunkRows { get; init; }

    /// <inheritdoc/>
    /// <exception cref="ModelMemoryException">The memory does not hold the activations of the batch.</exception>
    public TokenScores Score(TokenBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using OpenCalls.Call call = _calls.Enter(this);
        return MemoryGuard.Scoring(Model, batch, () => ScoreAll(batch));
    }

    /// <inheritdoc/>
    /// <exception cref="ModelMemoryException">The memory does not hold the activations of the batch.</exception>
    public Tensor Score(TokenBatch batch, ScoreSlopes slopes)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(slopes);
        using OpenCalls.Call call = _calls.Enter(this);
        return MemoryGuard.Scoring(Model, batch, () => ScoreAll(batch, slopes));
    }

    private TokenScores ScoreAll(TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        ResponseLayout layout = new(batch, Model.Device);
        var (hidden, head, targets) = Forward(batch);
        var (logProbs, entropy) = TokenLogProbs.FromHidden(
            hidden, head, targets, batch.Temperature, batch.IncludeEntropy, entropyGradient: batch.EntropyGradient,
            logitCap: Model.LogitCap);
        return new TokenScores(layout.Spread(logProbs).MoveToOuterDisposeScope(), entropy is null ? null : layout.Spread(entropy).MoveToOuterDisposeScope());
    }

    private Tensor ScoreAll(TokenBatch batch, ScoreSlopes slopes)
    {
        using var scope = NewDisposeScope();
        ResponseLayout layout = new(batch, Model.Device);
        var (hidden, head, targets) = Forward(batch);
        HeadGradient scored = TokenLogProbs.WithGradient(hidden, head, targets, SlopesOf, batch.Temperature, batch.IncludeEntropy, HeadChunkRows,
            Model.LogitCap);
        return scored.Carrier.MoveToOuterDisposeScope();

        // The head works on a list of tokens, the loss on [B, T].
        Tensor SlopesOf(Tensor logProbs, Tensor? entropy, long first)
        {
            TokenScores scores = new(layout.Spread(logProbs, first), entropy is null ? null : layout.Spread(entropy, first));
            Tensor mask = layout.Spread(ones_like(logProbs), first).to_type(ScalarType.Bool);
            return layout.Gather(slopes(scores, mask), first, logProbs.size(0));
        }
    }

    /// <summary>The hidden states that predict the response tokens, [N, H], the head, [V, H], and those tokens, [N].</summary>
    private (Tensor Hidden, Tensor Head, Tensor Targets) Forward(TokenBatch batch)
    {
        IReadOnlyList<TokenSequence> sequences = batch.Sequences;
        var inputs = new ReadOnlyMemory<int>[sequences.Count];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Input(sequences[i], i);
        PackedTokens tokens = PackedTokens.Sequences(inputs, null, out int[] starts);
        List<int> keep = [];
        List<long> targets = [];
        for (int i = 0; i < sequences.Count; i++)
        {
            for (int t = 0; t < sequences[i].Response.Length; t++)
            {
                keep.Add(starts[i] + sequences[i].Context.Length - 1 + t);
                targets.Add(sequences[i].Response.Span[t]);
            }
        }

        var (hidden, head) = Model.ForwardWithHead(tokens, [.. keep]);
        return (hidden, head, tensor(targets, device: Model.Device));
    }

    // An id outside the vocabulary has no log-probability; the other ids are checked on their way into the model.
    private void CheckLast(TokenSequence sequence, int index)
    {
        if ((uint)sequence.Response.Span[^1] >= (uint)Model.Config.VocabularySize)
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence.Response.Span[^1], $"The last token of sequence {index} is outside the " +
                $"vocabulary of the model, 0 to {Model.Config.VocabularySize - 1}.");
    }

    // The last token of a response predicts nothing that is asked for and does not pass through the model.
    private int[] Input(TokenSequence sequence, int index)
    {
        int length = sequence.Context.Length + sequence.Response.Length;
        if (length > ContextTokens) throw new PromptTooLongException($"Sequence {index}", length, ContextTokens);
        CheckLast(sequence, index);
        var ids = new int[length - 1];
        sequence.Context.Span.CopyTo(ids);
        sequence.Response.Span[..^1].CopyTo(ids.AsSpan(sequence.Context.Length));
        return ids;
    }
}
