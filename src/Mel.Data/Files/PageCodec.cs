using System.Buffers.Binary;
using System.IO.Compression;
using K4os.Compression.LZ4;
using Parquet.Meta;
using Snappier;

namespace Mel.Data.Files;

/// <summary>Decompresses a page into exactly the bytes that its header claims.</summary>
internal static class PageCodec
{
    /// <param name="codec">The codec of the column.</param>
    /// <param name="stored">The bytes as they lie in the file.</param>
    /// <param name="plain">Receives the page; every byte of it is written.</param>
    /// <exception cref="InvalidDataException">The bytes are damaged, or make another number of bytes.</exception>
    public static void Decompress(CompressionCodec codec, ReadOnlyMemory<byte> stored, Span<byte> plain)
    {
        if (plain.IsEmpty) return;
        int made = codec switch
        {
            CompressionCodec.UNCOMPRESSED => Copy(stored.Span, plain),
            CompressionCodec.SNAPPY => Snappy.TryDecompress(stored.Span, plain, out int count) ? count : -1,
            CompressionCodec.GZIP => Inflate(stored, plain),
            CompressionCodec.BROTLI => BrotliDecoder.TryDecompress(stored.Span, plain, out int count) ? count : -1,
            CompressionCodec.ZSTD => Unwrap(stored.Span, plain),
            CompressionCodec.LZ4_RAW => LZ4Codec.Decode(stored.Span, plain),
            CompressionCodec.LZ4 => Framed(stored.Span, plain),
            _ => throw new InvalidDataException($"the codec {codec} is not read; read are zstd, snappy, gzip, brotli, LZ4_RAW, LZ4 and none"),
        };
        if (made != plain.Length) throw new InvalidDataException($"a page does not decompress to the {plain.Length:N0} bytes that its header claims");
    }

    private static int Copy(ReadOnlySpan<byte> stored, Span<byte> plain) => stored.TryCopyTo(plain) ? stored.Length : -1;

    private static int Inflate(ReadOnlyMemory<byte> stored, Span<byte> plain)
    {
        using var source = new MemoryStream(stored.ToArray(), writable: false);
        using var stream = new GZipStream(source, CompressionMode.Decompress);
        int count = stream.ReadAtLeast(plain, plain.Length, throwOnEndOfStream: false);
        return stream.ReadByte() < 0 ? count : -1;
    }

    private static int Unwrap(ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        using var decompressor = new ZstdSharp.Decompressor();
        return decompressor.Unwrap(stored, plain);
    }

    // Hadoop puts two lengths, high byte first, before each block. Other writers of this codec leave them out.
    private static int Framed(ReadOnlySpan<byte> stored, Span<byte> plain)
    {
        int made = 0;
        ReadOnlySpan<byte> rest = stored;
        while (rest.Length >= 8)
        {
            int large = BinaryPrimitives.ReadInt32BigEndian(rest), small = BinaryPrimitives.ReadInt32BigEndian(rest[4..]);
            if (large < 0 || small < 0 || small > rest.Length - 8 || large > plain.Length - made) break;
            if (LZ4Codec.Decode(rest.Slice(8, small), plain.Slice(made, large)) != large) break;
            made += large;
            rest = rest[(8 + small)..];
        }

        return rest.IsEmpty && made == plain.Length ? made : LZ4Codec.Decode(stored, plain);
    }
}
