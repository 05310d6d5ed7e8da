using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>Where a tensor lies in a safetensors file and what it looks like.</summary>
/// <param name="Name">Name of the tensor.</param>
/// <param name="DataType">Element type as stored.</param>
/// <param name="Shape">Length of every axis; empty for a scalar.</param>
/// <param name="Offset">Position of the first byte, from the start of the file.</param>
/// <param name="ByteCount">Number of bytes.</param>
public sealed record SafetensorsEntry(string Name, ScalarType DataType, IReadOnlyList<long> Shape, long Offset, long ByteCount);
