using System.Buffers.Binary;
using System.Text;

namespace Mel.Testing;

/// <summary>
/// Reads TensorBoard event files by their published format and shares no code with what writes them: records with masked CRC-32C, in them the fields of
/// the messages Event and Summary.
/// </summary>
public static class EventFile
{
    /// <summary>All event files of a folder in the order in which TensorBoard reads them.</summary>
    public static string[] In(string folder) => [.. Directory.GetFiles(folder, "*tfevents*").Order(StringComparer.Ordinal)];

    /// <summary>The scalars of all event files of a folder, in order.</summary>
    public static Scalar[] Scalars(string folder) => [.. In(folder).SelectMany(path => Records(File.ReadAllBytes(path))).SelectMany(Scalars)];

    /// <summary>The contents of the records; every byte of the file belongs to one.</summary>
    public static IReadOnlyList<byte[]> Records(byte[] file)
    {
        List<byte[]> records = [];
        for (int at = 0; at < file.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(at)));
            Require(file.AsSpan(at, 8), file.AsSpan(at + 8));
            Require(file.AsSpan(at + 12, length), file.AsSpan(at + 12 + length));
            records.Add(file[(at + 12)..(at + 12 + length)]);
            at += 12 + length + 4;
        }

        return records;
    }

    /// <summary>A record with this content.</summary>
    public static byte[] Framed(byte[] content)
    {
        byte[] length = BitConverter.GetBytes((long)content.Length);
        return [.. length, .. BitConverter.GetBytes(Checksum(length)), .. content, .. BitConverter.GetBytes(Checksum(content))];
    }

    /// <summary>The fields of a message: number, and content as a number or as bytes.</summary>
    public static IEnumerable<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        for (int at = 0; at < message.Length;)
        {
            ulong key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0: yield return ((int)(key >> 3), Varint(message, ref at), []); break;
                case 1: yield return ((int)(key >> 3), BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at)), []); at += 8; break;
                case 5: yield return ((int)(key >> 3), BinaryPrimitives.ReadUInt32LittleEndian(message.AsSpan(at)), []); at += 4; break;
                case 2:
                    int length = checked((int)Varint(message, ref at));
                    yield return ((int)(key >> 3), 0, message[at..(at + length)]);
                    at += length;
                    break;
                default: throw new InvalidDataException($"Wire type {key & 7} at {at}.");
            }
        }
    }

    /// <summary>The scalars of an event: wall_time is field 1, step 2, summary 5; in it value is field 1, and in that tag is 1 and simple_value 2.</summary>
    private static IEnumerable<Scalar> Scalars(byte[] message)
    {
        var fields = Fields(message).ToArray();
        double wall = BitConverter.UInt64BitsToDouble(fields.SingleOrDefault(f => f.Number == 1).Value);
        long step = (long)fields.SingleOrDefault(f => f.Number == 2).Value;
        foreach (byte[] value in fields.Where(f => f.Number == 5).SelectMany(f => Fields(f.Bytes)).Where(f => f.Number == 1).Select(f => f.Bytes))
        {
            var parts = Fields(value).ToDictionary(f => f.Number);
            yield return new Scalar(step, Encoding.UTF8.GetString(parts[1].Bytes), BitConverter.UInt32BitsToSingle((uint)parts[2].Value), wall);
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    /// <summary>Bit by bit: the reflected polynomial of Castagnoli, and the mask of the TFRecord format.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xA282EAD8);
    }

    private static void Require(ReadOnlySpan<byte> data, ReadOnlySpan<byte> checksum)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(checksum) != Checksum(data)) throw new InvalidDataException("The checksum is another.");
    }
}

/// <summary>A scalar of a TensorBoard event file.</summary>
public sealed record Scalar(long Step, string Tag, float Value, double WallTime);
