using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>What the layers of one pass share: the tokens, their angles and, when decoding, the cache.</summary>
internal sealed class ForwardPass : IDisposable
{
    public ForwardPass(PackedTokens tokens, Tensor table, KvCache? cache, bool adapters)
    {
        Tokens = tokens;
        Rotary = new RotaryContext(table, tokens.Positions);
        Cache = cache;
        Adapters = adapters;
        (CacheRows, Visible) = cache is null ? ([], []) : tokens.TokenSlots();
    }

    public PackedTokens Tokens { get; }

    public RotaryContext Rotary { get; }

    public KvCache? Cache { get; }

    /// <summary>Whether adapters take part.</summary>
    public bool Adapters { get; }

    /// <summary>Cache row of every token, [N]; empty without a cache.</summary>
    public int[] CacheRows { get; }

    /// <summary>Slots every token sees, its own included, [N]; empty without a cache.</summary>
    public int[] Visible { get; }

    public void Dispose() => Rotary.Dispose();
}
