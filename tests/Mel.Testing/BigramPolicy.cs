using Mel.Rollouts;
using Microsoft.Extensions.AI;
using static TorchSharp.torch;

namespace Mel.Testing;

/// <summary>
/// The smallest policy that learns: one row of logits per previous character. Text in, text out over the alphabet given; the last character of the alphabet is
/// the stop token. Every number of a run on it can be checked by hand.
/// </summary>
public sealed class BigramPolicy : IPolicy, IDisposable
{
    private readonly string _alphabet;
    private readonly Tensor _logits;      // [V, V]

    public BigramPolicy(string alphabet, int seed = 1, int contextTokens = 256)
    {
        (_alphabet, ContextTokens) = (alphabet, contextTokens);
        using var scope = NewDisposeScope();
        using Generator generator = new((ulong)seed);
        _logits = randn(alphabet.Length, alphabet.Length, generator: generator).mul(0.1).DetachFromDisposeScope();
        _logits.requires_grad = true;
        Parameters = new Dictionary<string, Tensor> { ["logits"] = _logits };
    }

    public int ContextTokens { get; }

    public IReadOnlyDictionary<string, Tensor> Parameters { get; }

    public int Calls { get; private set; }

    public ReadOnlyMemory<int> Encode(IReadOnlyList<ChatMessage> messages) => messages.SelectMany(m => m.Text).Select(Id).ToArray();

    /// <summary>The parameters as plain numbers.</summary>
    public float[] Snapshot() => [.. _logits.data<float>()];

    public Task<IReadOnlyList<IReadOnlyList<Trajectory>>> SampleAsync(
        IReadOnlyList<SamplingRequest> requests, SamplingOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Calls++;
        float[] logits = Snapshot();
        IReadOnlyList<IReadOnlyList<Trajectory>> result = [.. requests.Select(r =>
        {
            if (r.PromptTokenIds.Length >= ContextTokens) throw new PromptTooLongException("The prompt", r.PromptTokenIds.Length, ContextTokens);
            return (IReadOnlyList<Trajectory>)[.. Enumerable.Range(0, r.Count).Select(i => Sample(logits, r, i, options))];
        })];
        return Task.FromResult(result);
    }

    public TokenScores Score(TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        int columns = batch.MaxResponseTokens;
        long[] previous = new long[batch.Sequences.Count * columns], target = new long[previous.Length];
        bool[] mask = new bool[previous.Length];
        for (int i = 0; i < batch.Sequences.Count; i++)
        {
            ReadOnlySpan<int> context = batch.Sequences[i].Context.Span, response = batch.Sequences[i].Response.Span;
            for (int t = 0; t < response.Length; t++)
            {
                previous[(i * columns) + t] = t == 0 ? context[^1] : response[t - 1];
                target[(i * columns) + t] = response[t];
                mask[(i * columns) + t] = true;
            }
        }

        Tensor rows = _logits.index_select(0, tensor(previous)).div(batch.Temperature).log_softmax(1);                     // [B T, V]
        Tensor selected = tensor(mask);
        Tensor logProbs = rows.gather(1, tensor(target).unsqueeze(1)).squeeze(1);
        logProbs = where(selected, logProbs, zeros_like(logProbs)).view(batch.Sequences.Count, columns);
        Tensor? entropy = batch.IncludeEntropy ? (rows.exp() * rows).sum(1).neg().view(batch.Sequences.Count, columns).MoveToOuterDisposeScope() : null;
        return new TokenScores(logProbs.MoveToOuterDisposeScope(), entropy);
    }

    public void Dispose()
    {
        _logits.grad = null;
        _logits.Dispose();
    }

    private int Id(char c)
    {
        int id = _alphabet.IndexOf(c, StringComparison.Ordinal);
        return id >= 0 ? id : 0;
    }

    private Trajectory Sample(float[] logits, SamplingRequest request, int index, SamplingOptions options)
    {
        Random random = new(SeedOf(request.Seed, index));
        List<int> ids = [];
        List<float> logProbs = [];
        int previous = request.PromptTokenIds.Span[^1], stop = _alphabet.Length - 1;
        while (ids.Count < options.MaxTokens && request.PromptTokenIds.Length + ids.Count < ContextTokens)
        {
            double[] p = Truncated(Probabilities(logits.AsSpan(previous * _alphabet.Length, _alphabet.Length), options.Temperature), options.TopP);
            double u = random.NextDouble();
            int next = options.Temperature == 0 ? Array.IndexOf(p, p.Max()) : Draw(p, u);
            ids.Add(next);
            logProbs.Add((float)Math.Log(p[next]));
            previous = next;
            if (next == stop) break;
        }

        bool stopped = ids[^1] == stop;
        string text = string.Concat(ids.Take(stopped ? ids.Count - 1 : ids.Count).Select(i => _alphabet[i]));
        return new Trajectory(ids.ToArray(), logProbs.ToArray(), text, stopped ? FinishReason.Stop : FinishReason.Length)
        {
            TextEnds = Enumerable.Range(1, ids.Count).Select(n => Math.Min(n, text.Length)).ToArray(),
        };
    }

    private static int Draw(double[] p, double u)
    {
        int next = 0;
        for (; next < p.Length - 1 && u >= p[next]; next++) u -= p[next];
        while (p[next] == 0) next--;     // rounding left more than the last token that can be drawn
        return next;
    }

    private static int SeedOf(ulong seed, int index)
    {
        ulong mixed = (seed ^ ((ulong)index * 0x9E3779B97F4A7C15)) * 0xBF58476D1CE4E5B9;
        return (int)(mixed >> 33);
    }

    private static double[] Probabilities(ReadOnlySpan<float> logits, double temperature)
    {
        double[] p = new double[logits.Length];
        double max = double.NegativeInfinity, sum = 0;
        foreach (float l in logits) max = Math.Max(max, l);
        for (int i = 0; i < p.Length; i++) sum += p[i] = Math.Exp((logits[i] - max) / (temperature == 0 ? 1 : temperature));
        for (int i = 0; i < p.Length; i++) p[i] /= sum;
        return p;
    }

    /// <summary>The smallest set of most probable tokens that reaches a sum, renormalized.</summary>
    private static double[] Truncated(double[] p, double topP)
    {
        if (topP >= 1) return p;
        int[] order = [.. Enumerable.Range(0, p.Length).OrderByDescending(i => p[i])];
        double sum = 0;
        int kept = 0;
        while (kept < order.Length && sum < topP) sum += p[order[kept++]];
        double[] truncated = new double[p.Length];
        foreach (int i in order.Take(kept)) truncated[i] = p[i] / sum;
        return truncated;
    }
}
