using System.Buffers.Binary;
using Mel.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>Reads a safetensors file. Opening validates the whole header; the data of a tensor is streamed from disk when it is asked for.</summary>
/// <remarks>
/// The file is treated as untrusted: it is a regular file, the header is bounded (16 MiB, 131,072 tensors, 16,384 strings beside them), every size is checked
/// against the length of the file before anything is allocated, and names, offsets and shapes must agree. One instance serves one thread at a time.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    private const int ChunkElements = 1 << 20;

    private readonly FileStream _stream;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(FileStream stream, Dictionary<string, SafetensorsEntry> entries, Dictionary<string, string> metadata)
    {
        _stream = stream;
        _entries = entries;
        Metadata = metadata;
        Path = stream.Name;
    }

    /// <summary>Full path of the file.</summary>
    public string Path { get; }

    /// <summary>The tensors of the file by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The strings stored beside the tensors; Hugging Face writes <c>format = pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and validates its header.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="CheckpointException">The file is missing, truncated or damaged.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!System.IO.Path.Exists(path)) throw new CheckpointException(path, null, "the file does not exist; give the path of a .safetensors file.");
        FileStream stream = RegularFile.Open(path, (problem, inner) => new CheckpointException(path, null, problem, inner));
        try
        {
            return Open(stream);
        }
        catch (EndOfStreamException e)
        {
            stream.Dispose();
            throw new CheckpointException(path, null, "the file ended within its header; it was cut while it was read.", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static SafetensorsFile Open(FileStream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.Length < prefix.Length)
            throw new CheckpointException(
                stream.Name, null, $"the file has {stream.Length} bytes, a safetensors file at least 8; it is truncated or no safetensors file.");
        stream.ReadExactly(prefix);
        ulong claimed = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        long available = stream.Length - prefix.Length;
        if (claimed > SafetensorsHeader.MaxBytes || claimed > (ulong)available)
        {
            Span<byte> begin = stackalloc byte[64];
            prefix.CopyTo(begin);
            int read = prefix.Length + stream.ReadAtLeast(begin[prefix.Length..], begin.Length - prefix.Length, throwOnEndOfStream: false);
            if (ForeignContent.NameOf(begin[..read]) is { } foreign) throw new CheckpointException(stream.Name, null, foreign);
            throw new CheckpointException(
                stream.Name, null,
                $"the header claims {claimed} bytes, but the file holds {available} after its length and at most {SafetensorsHeader.MaxBytes} are read; "
                + "the file is truncated or no safetensors file.");
        }

        var header = new byte[(int)claimed];
        stream.ReadExactly(header);
        var (entries, metadata) = SafetensorsHeader.Parse(stream.Name, header, stream.Position, stream.Length - stream.Position);
        return new SafetensorsFile(stream, entries, metadata);
    }

    /// <summary>Checks by the header alone that the file holds a tensor of a shape, before memory for it is taken.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="shape">Length of every axis.</param>
    /// <exception cref="CheckpointException">The file has no such tensor.</exception>
    /// <exception cref="ShapeMismatchException">The shapes differ; the message names file, tensor and both shapes.</exception>
    public void RequireShape(string name, IReadOnlyList<long> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        SafetensorsEntry entry = Find(name);
        if (!entry.Shape.SequenceEqual(shape))
            throw new ShapeMismatchException(
                $"{Path}, tensor {Excerpt.Quoted(name, 200)}: the file has shape [{string.Join(", ", entry.Shape)}], expected [{string.Join(", ", shape)}]; "
                + "the file belongs to another model.");
    }

    /// <summary>
    /// Reads a tensor into an existing one of the same shape, converting the element type and moving it to the device of the destination on the way.
    /// </summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="destination">Contiguous tensor to fill; its storage stays the same.</param>
    /// <exception cref="CheckpointException">The file has no such tensor, or it was cut after it was opened.</exception>
    /// <exception cref="ShapeMismatchException">The shapes differ; the message names file, tensor and both shapes.</exception>
    public void ReadInto(string name, Tensor destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        RequireShape(name, destination.shape);
        SafetensorsEntry entry = Find(name);
        if (!destination.is_contiguous())
            throw new ArgumentException($"The destination of tensor '{name}' is not contiguous; give a contiguous tensor.", nameof(destination));
        if (entry.ByteCount == 0) return;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Tensor flat = destination.detach().view(-1);
        bool direct = flat.dtype == entry.DataType && flat.device_type == DeviceType.CPU;
        long count = flat.NumberOfElements;
        int elementBytes = SafetensorsDataType.BytesOf(entry.DataType);
        Tensor? staging = direct ? null : empty(Math.Min(count, ChunkElements), dtype: entry.DataType);
        _stream.Position = entry.Offset;
        for (long at = 0; at < count; at += ChunkElements)
        {
            long n = Math.Min(ChunkElements, count - at);
            using Tensor target = flat.narrow(0, at, n);
            Span<byte> bytes = (staging ?? target).bytes[..(int)(n * elementBytes)];
            ReadExactly(name, bytes);
            if (staging is null) continue;
            using Tensor source = staging.narrow(0, 0, n);
            target.copy_(source);
        }
    }

    /// <summary>Reads a tensor as it is stored.</summary>
    /// <param name="name">Name of the tensor in the file.</param>
    /// <param name="dtype">Element type to convert to; null keeps the one of the file.</param>
    /// <returns>A new tensor on the CPU, owned by the caller's dispose scope.</returns>
    /// <exception cref="CheckpointException">The file has no such tensor, or it was cut after it was opened.</exception>
    public Tensor Read(string name, ScalarType? dtype = null)
    {
        SafetensorsEntry entry = Find(name);
        Tensor result = empty([.. entry.Shape], dtype: dtype ?? entry.DataType);
        try
        {
            ReadInto(name, result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private SafetensorsEntry Find(string name)
        => _entries.TryGetValue(name, out SafetensorsEntry? entry)
            ? entry
            : throw new CheckpointException(Path, name, $"the file has no such tensor; it holds {_entries.Count} others.");

    private void ReadExactly(string name, Span<byte> bytes)
    {
        try
        {
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException e)
        {
            throw new CheckpointException(Path, name, "the file ended within its data; it was cut while it was read.", e);
        }
        catch (IOException e)
        {
            throw RegularFile.Unreadable(e, (problem, inner) => new CheckpointException(Path, name, problem, inner));
        }
    }
}
