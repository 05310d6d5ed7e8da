using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Mel.Transformers.Tokenization;

/// <summary>The merges of a byte-pair encoding: which two neighbouring tokens become which one, and in which order of preference.</summary>
/// <remarks>
/// An open-addressing table at most half full; the pair is the key, so that a lookup reads one cache line. Its hash is drawn anew for every table: a file
/// cannot be written so that its pairs collide.
/// </remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of a pair that does not merge.</summary>
    public const int NoMerge = int.MaxValue;

    private const ulong Empty = ulong.MaxValue;

    private readonly ulong[] _pairs;
    private readonly long[] _merges;      // rank << 32 | merged id
    private readonly int _shift;
    private readonly ulong _first = RandomOdd(), _second = RandomOdd();

    /// <summary>Creates an empty table.</summary>
    /// <param name="capacity">How many merges it will hold at most.</param>
    public MergeTable(int capacity)
    {
        int bits = Math.Max(4, 1 + (int)Math.Ceiling(Math.Log2(Math.Max(1, capacity))));
        _pairs = new ulong[1 << bits];
        _merges = new long[1 << bits];
        _shift = 64 - bits;
        Array.Fill(_pairs, Empty);
    }

    /// <summary>Adds a merge; a pair that is listed twice keeps its later rank, as in Hugging Face's library.</summary>
    public void Set(int left, int right, int rank, int merged)
    {
        int slot = SlotOf(Key(left, right));
        _pairs[slot] = Key(left, right);
        _merges[slot] = ((long)rank << 32) | (uint)merged;
    }

    /// <summary>The rank of a pair, the lowest merging first, or <see cref="NoMerge"/>.</summary>
    public int Rank(int left, int right)
    {
        int slot = SlotOf(Key(left, right));
        return _pairs[slot] == Empty ? NoMerge : (int)(_merges[slot] >> 32);
    }

    /// <summary>The id that a pair merges into; the pair must have a rank.</summary>
    public int Merged(int left, int right) => (int)_merges[SlotOf(Key(left, right))];

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private int SlotOf(ulong key)
    {
        int mask = _pairs.Length - 1;
        ulong hash = key * _first;
        int slot = (int)((hash ^ (hash >> 32)) * _second >> _shift);
        while (_pairs[slot] != key && _pairs[slot] != Empty) slot = (slot + 1) & mask;
        return slot;
    }

    private static ulong RandomOdd() => BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
}
