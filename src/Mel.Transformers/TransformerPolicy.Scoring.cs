using Mel.Head;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers.Estimation;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers;

public sealed partial class TransformerPolicy
{
    /// <inheritdoc/>
    public bool FusesGradient => Model.HeadTrains;

    /// <summary>Whether a context that several sequences of a batch have passes through the layers once. For tests, which compare both ways.</summary>
    internal bool SharesContexts { get; init; } = true;

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
        PackedTokens tokens = Pack(sequences, out (int Last, int After)[] rows);
        List<int> keep = [];
        List<long> targets = [];
        for (int i = 0; i < sequences.Count; i++)
        {
            // The last token of the context predicts the first of the response, and every token of the response the next.
            for (int t = 0; t < sequences[i].Response.Length; t++)
            {
                keep.Add(t == 0 ? rows[i].Last : rows[i].After + t - 1);
                targets.Add(sequences[i].Response.Span[t]);
            }
        }

        var (hidden, head) = Model.ForwardWithHead(tokens, [.. keep]);
        return (hidden, head, tensor(targets, device: Model.Device));
    }

    // The last token of a response predicts nothing that is asked for and does not pass through the model.
    private PackedTokens Pack(IReadOnlyList<TokenSequence> sequences, out (int Last, int After)[] rows)
    {
        for (int i = 0; i < sequences.Count; i++) Check(sequences[i], i);
        if (SharesContexts && sequences.Select(s => s.Context).Distinct(TokensComparer.Instance).Count() < sequences.Count)
            return PackedTokens.Branches([.. sequences.Select(s => s.Context)], [.. sequences.Select(s => s.Response[..^1])], out rows);
        PackedTokens tokens = PackedTokens.Sequences([.. sequences.Select(Input)], null, out int[] starts);
        rows = [.. sequences.Select((s, i) => (starts[i] + s.Context.Length - 1, starts[i] + s.Context.Length))];
        return tokens;
    }

    private static ReadOnlyMemory<int> Input(TokenSequence sequence)
    {
        int[] ids = new int[sequence.Context.Length + sequence.Response.Length - 1];
        sequence.Context.Span.CopyTo(ids);
        sequence.Response.Span[..^1].CopyTo(ids.AsSpan(sequence.Context.Length));
        return ids;
    }

    // An id outside the vocabulary has no log-probability; the other ids are checked on their way into the model.
    private void Check(TokenSequence sequence, int index)
    {
        int length = sequence.Context.Length + sequence.Response.Length;
        if (length > ContextTokens) throw new PromptTooLongException($"Sequence {index}", length, ContextTokens);
        if ((uint)sequence.Response.Span[^1] >= (uint)Model.Config.VocabularySize)
            throw new ArgumentOutOfRangeException(nameof(sequence), sequence.Response.Span[^1], $"The last token of sequence {index} is outside the " +
                $"vocabulary of the model, 0 to {Model.Config.VocabularySize - 1}.");
    }
}
