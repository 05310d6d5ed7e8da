using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tensorboard;

namespace Mel.Services;

/// <summary>
/// The records of a TensorBoard event file. A record is the length of its content, a checksum of the length, the content, and a checksum of the content; the
/// content is an <see cref="Event"/>.
/// </summary>
/// <remarks>
/// The messages are TorchSharp's. Its writer is not used: it keeps the time of an event in single precision, and can neither go on with a file nor take back
/// what a killed process wrote.
/// </remarks>
internal static class EventRecords
{
    private const int HeaderBytes = 12, FooterBytes = 4;

    /// <summary>Adds a record.</summary>
    public static void Write(IBufferWriter<byte> output, Event content)
    {
        int length = content.CalculateSize();
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Checksum(header[..8]));
        output.Write(header);
        byte[] bytes = content.ToByteArray();
        output.Write(bytes);
        Span<byte> footer = stackalloc byte[FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Checksum(bytes));
        output.Write(footer);
    }

    /// <summary>Reads the records of a file from its beginning to the first that is not whole.</summary>
    /// <returns>Each record with the position behind it.</returns>
    public static IEnumerable<(Event Content, long End)> Read(Stream file)
    {
        byte[] header = new byte[HeaderBytes], footer = new byte[FooterBytes];
        while (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) == HeaderBytes)
        {
            long length = BinaryPrimitives.ReadInt64LittleEndian(header);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != Checksum(header.AsSpan(0, 8))) yield break;
            if (length < 0 || length > file.Length - file.Position - FooterBytes) yield break;
            byte[] bytes = new byte[length];
            file.ReadExactly(bytes);
            file.ReadExactly(footer);
            if (BinaryPrimitives.ReadUInt32LittleEndian(footer) != Checksum(bytes) || Parsed(bytes) is not { } content) yield break;
            yield return (content, file.Position);
        }
    }

    private static Event? Parsed(byte[] bytes)
    {
        try
        {
            return Event.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>CRC-32C, turned and shifted so that a checksum over data that holds checksums stays a good one.</summary>
    private static uint Checksum(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data) crc = BitOperations.Crc32C(crc, b);
        return BitOperations.RotateRight(~crc, 15) + 0xa282ead8u;
    }
}
