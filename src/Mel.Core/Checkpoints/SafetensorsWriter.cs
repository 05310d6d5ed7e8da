using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>Writes safetensors files: under a temporary name first, renamed once complete, so that a reader never sees half a file.</summary>
public static class SafetensorsWriter
{
    private const int ChunkElements = 1 << 20;

    /// <summary>Writes tensors to a file, replacing one that is there.</summary>
    /// <param name="path">Path of the file; its folder must exist.</param>
    /// <param name="tensors">Names and tensors in the order in which they are stored, each in its own element type.</param>
    /// <param name="metadata">Strings to store beside them; null stores <c>format = pt</c>, without which some readers refuse a file.</param>
    /// <exception cref="ArgumentException">A name occurs twice, is reserved, or a tensor has a type the format does not hold; nothing was written.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(tensors);
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        byte[] header = Header(list, metadata ?? new Dictionary<string, string> { ["format"] = "pt" });
        AtomicFile.Write(path, stream => WriteAll(stream, header, list));
    }

    /// <summary>Writes a file that carries the digest of its own bytes (<see cref="SafetensorsSeal"/>).</summary>
    internal static void WriteSealed(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        List<KeyValuePair<string, Tensor>> list = [.. tensors];
        byte[] header = Header(list, [KeyValuePair.Create(SafetensorsSeal.Key, SafetensorsSeal.Blank), .. metadata]);
        AtomicFile.Write(path, stream =>
        {
            using DigestStream digest = new(stream);
            WriteAll(digest, header, list);
            SafetensorsSeal.Close(stream, digest.Digest());
        });
    }

    private static void WriteAll(Stream stream, byte[] header, List<KeyValuePair<string, Tensor>> tensors)
    {
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        foreach (var (_, tensor) in tensors) WriteData(stream, tensor);
    }

    private static byte[] Header(List<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            foreach (var (key, value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
            var names = new HashSet<string>(StringComparer.Ordinal) { "__metadata__" };
            long offset = 0;
            foreach (var (name, tensor) in tensors)
            {
                if (!names.Add(name))
                    throw new ArgumentException($"The name '{name}' occurs twice or is reserved; every tensor needs a name of its own.", nameof(tensors));
                long end = offset + tensor.NumberOfElements * SafetensorsDataType.BytesOf(tensor.dtype);
                json.WriteStartObject(name);
                json.WriteString("dtype", SafetensorsDataType.NameOf(tensor.dtype));
                json.WriteStartArray("shape");
                foreach (long axis in tensor.shape) json.WriteNumberValue(axis);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(end);
                json.WriteEndArray();
                json.WriteEndObject();
                offset = end;
            }

            json.WriteEndObject();
        }

        // Padding with spaces aligns the data that follows to 8 bytes.
        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        byte[] header = new byte[padded];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteData(Stream stream, Tensor tensor)
    {
        if (tensor.NumberOfElements == 0) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor flat = tensor.detach().contiguous().view(-1);
        for (long at = 0; at < flat.NumberOfElements; at += ChunkElements)
        {
            using Tensor chunk = flat.narrow(0, at, Math.Min(ChunkElements, flat.NumberOfElements - at));
            using Tensor local = chunk.cpu();
            stream.Write(local.bytes);
        }
    }
}
