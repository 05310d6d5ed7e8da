using Mel.Transformers.Kernels;
using Mel.Transformers.Packing;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>What the layers of one pass share: the tokens, their angles, where the fused kernels run and, when decoding, the cache.</summary>
internal sealed class ForwardPass : IDisposable
{
    private readonly RotaryContext?[] _rotations;
    private readonly Device _device;
    private (Tensor Attended, Tensor First)? _shared;

    public ForwardPass(PackedTokens tokens, RotaryTables tables, KvCache? cache, bool adapters, Fused fused, Device device)
    {
        (Tokens, _device) = (tokens, device);
        _rotations = [.. Enum.GetValues<Rotation>().Select(rotation => tables.Find(rotation) is { } table ? new RotaryContext(table, tokens.Positions) : null)];
        Cache = cache;
        Adapters = adapters;
        Fused = fused;
        (CacheRows, Visible) = cache is null ? ([], []) : tokens.TokenSlots();
    }

    public PackedTokens Tokens { get; }

    public KvCache? Cache { get; }

    /// <summary>Whether adapters take part.</summary>
    public bool Adapters { get; }

    /// <summary>Where the fused kernels run.</summary>
    public Fused Fused { get; }

    /// <summary>Cache row of every token, [N]; empty without a cache.</summary>
    public int[] CacheRows { get; }

    /// <summary>Slots every token sees, its own included, [N]; empty without a cache.</summary>
    public int[] Visible { get; }

    /// <summary>The rows of <see cref="SharedRows"/> as index tensors, made once per pass; null where no row is shared.</summary>
    public (Tensor Attended, Tensor First)? Shared
        => Tokens.Shared is not { } rows ? null
        : _shared ??= (tensor(rows.Attended, device: _device).DetachFromDisposeScope(), tensor(rows.First, device: _device).DetachFromDisposeScope());

    /// <summary>The angles of a kind of layer.</summary>
    public RotaryContext Rotary(Rotation rotation) => _rotations[(int)rotation]!;

    public void Dispose()
    {
        foreach (RotaryContext? rotation in _rotations) rotation?.Dispose();
        _shared?.Attended.Dispose();
        _shared?.First.Dispose();
    }
}
