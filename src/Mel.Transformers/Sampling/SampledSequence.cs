using Mel.Rollouts;

namespace Mel.Transformers.Sampling;

/// <summary>A sequence that is being written: its tokens so far and its place in the cache.</summary>
internal sealed class SampledSequence(PendingRequest request, int sample, int cacheRow)
{
    private readonly RandomStream _random = new(request.Seed, sample);

    public PendingRequest Request { get; } = request;

    public int Sample { get; } = sample;

    public int CacheRow { get; } = cacheRow;

    public List<int> Tokens { get; } = [];

    public List<float> LogProbs { get; } = [];

    public FinishReason FinishReason { get; private set; } = FinishReason.Length;

    /// <summary>Tokens whose keys and values the cache holds: all but the one sampled last.</summary>
    public int CachedTokens => Request.Prompt.Length + Tokens.Count - 1;

    /// <summary>The uniform number that decides the next token.</summary>
    public double NextUniform => _random.Uniform(Tokens.Count);

    /// <summary>Adds a token; returns whether it was the last.</summary>
    public bool Append(int token, float logProb, HashSet<int> stops)
    {
        Tokens.Add(token);
        LogProbs.Add(logProb);
        if (!stops.Contains(token)) return Tokens.Count >= Request.MaxTokens;
        FinishReason = FinishReason.Stop;
        return true;
    }
}

/// <summary>
/// A request on its way through the engine: how many of its samples have started, and what later ones need to start without computing the prompt again.
/// </summary>
internal sealed class PendingRequest(SamplingRequest request, int maxTokens)
{
    public ReadOnlyMemory<int> Prompt { get; } = request.PromptTokenIds;

    public ulong Seed { get; } = request.Seed;

    /// <summary>Tokens each sample may have: what was asked for, or what the context leaves.</summary>
    public int MaxTokens { get; } = maxTokens;

    public SampledSequence?[] Finished { get; } = new SampledSequence?[request.Count];

    public int Started { get; set; }

    public int Remaining => Finished.Length - Started;

    /// <summary>Logits after the prompt, [V], kept while samples wait to be started.</summary>
    public float[]? FirstLogits { get; set; }
}
