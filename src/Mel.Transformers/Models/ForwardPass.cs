using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>What the layers of one pass share: the tokens, their angles, where the fused kernels run and, when decoding, the cache.</summary>
internal sealed class ForwardPass : IDisposable
{
    public ForwardPass(PackedTokens tokens, Tensor table, KvCache? cache, bool adapters, Fused fused)
    {
        Tokens = tokens;
        Rotary = new RotaryContext(table, tokens.Positions);
        Cache = cache;
        Adapters = adapters;
        Fused = fused;
        (CacheRows, Visible) = cache is null ? ([], []) : tokens.TokenSlots();
    }

    public PackedTokens Tokens { get; }

    public RotaryContext Rotary { get; }

    public KvCache? Cache { get; }

    /// <summary>Whether adapters take part.</summary>
    public bool Adapters { get; }

    /// <summary>Where the fused kernels run.</summary>
    public Fused Fused { get; }

    /// <summary>Cache row of every token, [N]; empty without a cache.</summary>
    public int[] CacheRows { get; }

    /// <summary>Slots every token sees, its own included, [N]; empty without a cache.</summary>
    public int[] Visible { get; }

    public void Dispose() => Rotary.Dispose();
}
