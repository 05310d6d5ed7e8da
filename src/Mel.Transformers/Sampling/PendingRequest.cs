using Mel.Rollouts;

namespace Mel.Transformers.Sampling;

/// <summary>A request on its way through the engine: how many of its samples have started, and what later ones need to start without computing the prompt again.</summary>
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
