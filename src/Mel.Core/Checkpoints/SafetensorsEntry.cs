using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>Where a tensor lies in a safetensors file and what it looks like.</summary>
public sealed class SafetensorsEntry(string name, ScalarType dataType, IReadOnlyList<long> shape, long offset, long byteCount)
{
    /// <summary>Name of the tensor.</summary>
    public string Name { get; } = name;

    /// <summary>Element type as stored.</summary>
    public ScalarType DataType { get; } = dataType;

    /// <summary>Length of every axis; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>Position of the first byte, from the start of the file.</summary>
    public long Offset { get; } = offset;

    /// <summary>Number of bytes.</summary>
    public long ByteCount { get; } = byteCount;
}
