using System.Buffers.Binary;

namespace Mel.Data.Files;

/// <summary>Truth values in runs: version 2 writes them so, and the decoder reads them as bits.</summary>
internal static class TruthValues
{
    /// <param name="runs">A length of four bytes, then runs: of one value, or of eight bits a byte.</param>
    /// <param name="most">The most values there can be.</param>
    /// <exception cref="InvalidDataException">The bytes are no such runs.</exception>
    public static byte[] AsBits(ReadOnlySpan<byte> runs, int most)
    {
        byte[] bits = new byte[(most + 7) / 8];
        if (runs.Length < 4) return bits;
        int length = BinaryPrimitives.ReadInt32LittleEndian(runs);
        if (length < 0 || length > runs.Length - 4) throw new InvalidDataException("truth values are cut short");
        runs = runs.Slice(4, length);
        for (long at = 0; !runs.IsEmpty && at < most;)
        {
            uint head = Head(ref runs);
            long count = head >> 1;
            if ((head & 1) == 0)
            {
                if (runs.IsEmpty) throw new InvalidDataException("truth values are cut short");
                bool value = (runs[0] & 1) != 0;
                runs = runs[1..];
                for (long i = 0; value && i < count && at + i < most; i++) bits[(at + i) / 8] |= (byte)(1 << (int)((at + i) % 8));
            }
            else
            {
                ReadOnlySpan<byte> packed = runs[..(int)Math.Min(count, runs.Length)];
                runs = runs[packed.Length..];
                count *= 8;
                for (long i = 0; i < 8L * packed.Length && at + i < most; i++)
                {
                    if ((packed[(int)(i / 8)] >> (int)(i % 8) & 1) != 0) bits[(at + i) / 8] |= (byte)(1 << (int)((at + i) % 8));
                }
            }

            at += count;
        }

        return bits;
    }

    private static uint Head(ref ReadOnlySpan<byte> runs)
    {
        uint head = 0;
        for (int shift = 0; shift < 32; shift += 7)
        {
            if (runs.IsEmpty) break;
            byte next = runs[0];
            runs = runs[1..];
            head |= (uint)(next & 127) << shift;
            if (next < 128) return head;
        }

        throw new InvalidDataException("truth values are cut short");
    }
}
