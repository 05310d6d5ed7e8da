using System.Runtime.InteropServices;
using Mel.Rollouts;
using Mel.Transformers.Models;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Sampling;

/// <summary>
/// Writes the samples of many requests at once. Cache rows are allocated once, within a bound of memory; a sequence that ends frees its row for the next one
/// that waits, and the batch of the next step holds only unfinished sequences. A prompt is computed once for all samples that start while one of them runs.
/// </summary>
/// <remarks>Runs start to finish on the calling thread.</remarks>
internal sealed class SamplingEngine(DecoderModel model, SamplingLimits limits, IReadOnlyCollection<int> stopTokenIds)
{
    // Logits of a step are made in pieces of about 64 MB.
    private const int MaxLogitElements = 1 << 24;

    private readonly HashSet<int> _stops = [.. stopTokenIds];

    /// <summary>Samples every request.</summary>
    /// <param name="requests">The requests; every prompt leaves room for a token.</param>
    /// <param name="options">How tokens are drawn.</param>
    /// <param name="onToken">Called after every token with the sequence and whether it ended, or null.</param>
    /// <param name="cancellationToken">Looked at before every step.</param>
    public IReadOnlyList<PendingRequest> Run(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, Action<SampledSequence, bool>? onToken, CancellationToken cancellationToken)
    {
        PendingRequest[] all = Pending(requests, options);
        if (all.Length == 0) return all;
        var sampler = new TokenSampler(model.Config.VocabularySize, options);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        (int rows, int capacity) = CacheSize(all);
        using KvCache cache = model.NewCache(rows, capacity);
        var waiting = new Queue<PendingRequest>(all);
        var active = new List<SampledSequence>();
        while (waiting.Count > 0 || active.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Admit(waiting, active, cache, sampler, onToken);
            cancellationToken.ThrowIfCancellationRequested();
            if (active.Count > 0) Step(active, cache, sampler, onToken);
        }

        return all;
    }

    /// <summary>The sequences that are sampled at once, and the tokens each has room for.</summary>
    /// <param name="requests">The requests; at least one.</param>
    /// <param name="options">How tokens are drawn.</param>
    public (int Rows, int Capacity) CacheSize(IReadOnlyList<SamplingRequest> requests, SamplingOptions options) => CacheSize(Pending(requests, options));

    private PendingRequest[] Pending(IReadOnlyList<SamplingRequest> requests, SamplingOptions options)
        => [.. requests.Select(r => new PendingRequest(r, Math.Min(options.MaxTokens, limits.ContextTokens - r.PromptTokenIds.Length)))];

    private (int Rows, int Capacity) CacheSize(PendingRequest[] requests)
    {
        int capacity = requests.Max(r => r.Prompt.Length + r.MaxTokens);
        long rowBytes = capacity * KvCache.BytesPerToken(model.Config, model.ActivationType);
        long fitting = limits.CacheBytes / rowBytes;
        if (fitting < 1)
            throw new InvalidOperationException(
                $"The key-value cache may take {limits.CacheBytes} bytes, but one sequence of {capacity} tokens needs {rowBytes}; " +
                "raise the bound or lower the number of tokens per trajectory.");
        long rows = Math.Min(Math.Min(fitting, limits.Sequences), requests.Sum(r => (long)r.Finished.Length));
        return ((int)rows, capacity);
    }

    // Starts samples while rows are free. A prompt that a running sample has already passed through the model is copied from that sample's row.
    private void Admit(Queue<PendingRequest> waiting, List<SampledSequence> active, KvCache cache, TokenSampler sampler, Action<SampledSequence, bool>? onToken)
    {
        while (cache.FreeRows > 0 && waiting.Count > 0)
        {
            var fresh = new List<(PendingRequest Request, List<SampledSequence> Started)>();
            int tokens = 0;
            while (cache.FreeRows > 0 && waiting.Count > 0 && (fresh.Count == 0 || tokens + waiting.Peek().Prompt.Length <= limits.PrefillTokens))
            {
                PendingRequest request = waiting.Peek();
                SampledSequence? sibling = request.FirstLogits is null ? null : active.Find(s => ReferenceEquals(s.Request, request));
                List<SampledSequence> started = Start(request, cache);
                if (request.Remaining == 0) waiting.Dequeue();
                if (sibling is null)
                {
                    fresh.Add((request, started));
                    tokens += request.Prompt.Length;
                    continue;
                }

                cache.CopyPrefix(sibling.CacheRow, Rows(started), request.Prompt.Length);
                Begin(started, request.FirstLogits!, active, cache, sampler, onToken);
            }

            if (fresh.Count > 0) Prefill(fresh, active, cache, sampler, onToken);
        }
    }

    private static List<SampledSequence> Start(PendingRequest request, KvCache cache)
    {
        int count = Math.Min(request.Remaining, cache.FreeRows);
        var started = new List<SampledSequence>(count);
        for (int i = 0; i < count; i++) started.Add(new SampledSequence(request, request.Started++, cache.Rent()));
        return started;
    }

    private void Prefill(
        List<(PendingRequest Request, List<SampledSequence> Started)> fresh,
        List<SampledSequence> active, KvCache cache, TokenSampler sampler, Action<SampledSequence, bool>? onToken)
    {
        using var scope = NewDisposeScope();
        PackedTokens tokens = PackedTokens.Sequences([.. fresh.Select(f => f.Request.Prompt)], [.. fresh.Select(f => f.Started[0].CacheRow)], out int[] starts);
        Tensor hidden = model.Forward(tokens, cache, [.. fresh.Select((f, i) => starts[i] + f.Request.Prompt.Length - 1)]);
        foreach (var (request, started) in fresh)
        {
            if (started.Count > 1) cache.CopyPrefix(started[0].CacheRow, Rows(started).AsSpan(1), request.Prompt.Length);
        }

        ForEachRow(hidden, (row, logits) =>
        {
            var (request, started) = fresh[row];
            request.FirstLogits = request.Remaining > 0 ? logits.ToArray() : null;
            Begin(started, logits, active, cache, sampler, onToken);
        });
    }

    // The first token of every sample comes from the same logits, each with its own random number.
    private void Begin(
        List<SampledSequence> started, ReadOnlySpan<float> logits,
        List<SampledSequence> active, KvCache cache, TokenSampler sampler, Action<SampledSequence, bool>? onToken)
    {
        foreach (SampledSequence sequence in started)
        {
            if (!Append(sequence, logits, cache, sampler, onToken)) active.Add(sequence);
        }
    }

    private void Step(List<SampledSequence> active, KvCache cache, TokenSampler sampler, Action<SampledSequence, bool>? onToken)
    {
        using var scope = NewDisposeScope();
        var ids = new int[active.Count];
        var segments = new Segment[active.Count];
        for (int i = 0; i < ids.Length; i++) (ids[i], segments[i]) = (active[i].Tokens[^1], new Segment(i, 1, active[i].CachedTokens, active[i].CacheRow));
        Tensor hidden = model.Forward(PackedTokens.Continuations(ids, segments), cache);
        int kept = 0;
        ForEachRow(hidden, (row, logits) =>
        {
            SampledSequence sequence = active[row];
            if (!Append(sequence, logits, cache, sampler, onToken)) active[kept++] = sequence;
        });
        active.RemoveRange(kept, active.Count - kept);
    }

    private bool Append(SampledSequence sequence, ReadOnlySpan<float> logits, KvCache cache, TokenSampler sampler, Action<SampledSequence, bool>? onToken)
    {
        var (token, logProb) = sampler.Sample(logits, sequence.NextUniform);
        bool ended = sequence.Append(token, logProb, _stops);
        if (ended)
        {
            cache.Return(sequence.CacheRow);
            sequence.Request.Finished[sequence.Sample] = sequence;
        }

        onToken?.Invoke(sequence, ended);
        return ended;
    }

    private delegate void RowAction(int row, ReadOnlySpan<float> logits);

    private void ForEachRow(Tensor hidden, RowAction action)
    {
        int rows = (int)hidden.size(0), vocabulary = model.Config.VocabularySize, piece = Math.Max(1, MaxLogitElements / vocabulary);
        for (int first = 0; first < rows; first += piece)
        {
            using var scope = NewDisposeScope();
            int count = Math.Min(piece, rows - first);
            Tensor logits = model.Logits(hidden.narrow(0, first, count)).to_type(ScalarType.Float32).cpu();
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(logits.bytes);
            for (int i = 0; i < count; i++) action(first + i, values.Slice(i * vocabulary, vocabulary));
        }
    }

    private static int[] Rows(List<SampledSequence> sequences) => [.. sequences.Select(s => s.CacheRow)];
}

/// <summary>Bounds of the sampling engine.</summary>
/// <param name="ContextTokens">Prompt and response together.</param>
/// <param name="CacheBytes">Keys and values of all sequences that run at once.</param>
/// <param name="Sequences">Sequences that run at once.</param>
/// <param name="PrefillTokens">Prompt tokens that pass through the model at once; a longer prompt passes alone.</param>
internal sealed record SamplingLimits(int ContextTokens, long CacheBytes, int Sequences, int PrefillTokens);
