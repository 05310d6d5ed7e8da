using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mel.Transformers.Tokenization;

/// <summary>The merges of a byte-pair encoding: which two neighboring tokens become which one, and in which order of preference.</summary>
/// <remarks>
/// An open-addressing table at most half full; the pair is the key, so that a lookup reads one cache line. Its hash is drawn anew for every table: a file
/// cannot be written so that its pairs collide.
/// </remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int NoMerge = int.MaxValue;

    private const ulong Empty = ulong.MaxValue;

    private readonly Slot[] _slots;
    private readonly int _shift;
    private readonly ulong _first = RandomOdd(), _second = RandomOdd();

    private struct Slot
    {
        public ulong Pair;
        public int Rank;
        public int Merged;
    }

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">How many merges it will hold at most.</param>
    public MergeTable(int capacity)
    {
        int bits = Math.Max(4, 1 + (int)Math.Ceiling(Math.Log2(Math.Max(1, capacity))));
        _slots = new Slot[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_slots, new Slot { Pair = Empty, Rank = NoMerge });
    }

    /// <summary>Adds a merge; a pair that is listed twice keeps its later rank, as in Hugging Face's library.</summary>
    public void Set(int left, int right, int rank, int merged) => Find(left, right) = new Slot { Pair = Key(left, right), Rank = rank, Merged = merged };

    /// <summary>The rank of a pair, the lowest merging first, or <see cref="NoMerge"/>.</summary>
    public int Rank(int left, int right) => Find(left, right).Rank;

    /// <summary>The id that a pair merges into; the pair must have a rank.</summary>
    public int Merged(int left, int right) => Find(left, right).Merged;

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    /// <summary>The slot of a pair, or the empty one where it would go.</summary>
    private ref Slot Find(int left, int right)
    {
        ulong key = Key(left, right), hash = key * _first;
        int mask = _slots.Length - 1, at = (int)((hash ^ (hash >> 32)) * _second >> _shift);
        while (_slots[at].Pair != key && _slots[at].Pair != Empty) at = (at + 1) & mask;
        return ref _slots[at];
    }

    private static ulong RandomOdd() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
}
