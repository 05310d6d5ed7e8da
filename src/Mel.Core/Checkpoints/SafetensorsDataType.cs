using static TorchSharp.torch;

namespace Mel.Checkpoints;

/// <summary>The element types of the safetensors format that have a counterpart in libtorch.</summary>
internal static class SafetensorsDataType
{
    private static readonly Dictionary<string, (ScalarType Type, int Bytes)> ByName = new(StringComparer.Ordinal)
    {
        ["F64"] = (ScalarType.Float64, 8),
        ["F32"] = (ScalarType.Float32, 4),
        ["F16"] = (ScalarType.Float16, 2),
        ["BF16"] = (ScalarType.BFloat16, 2),
        ["I64"] = (ScalarType.Int64, 8),
        ["I32"] = (ScalarType.Int32, 4),
        ["I16"] = (ScalarType.Int16, 2),
        ["I8"] = (ScalarType.Int8, 1),
        ["U8"] = (ScalarType.Byte, 1),
        ["BOOL"] = (ScalarType.Bool, 1),
    };

    private static readonly Dictionary<ScalarType, string> ByType = ByName.ToDictionary(pair => pair.Value.Type, pair => pair.Key);

    public static string Known => string.Join(", ", ByName.Keys);

    public static bool TryParse(string name, out ScalarType type, out int bytes)
    {
        bool known = ByName.TryGetValue(name, out var entry);
        (type, bytes) = entry;
        return known;
    }

    public static string NameOf(ScalarType type)
        => ByType.TryGetValue(type, out string? name)
            ? name
            : throw new ArgumentException($"A tensor of type {type} cannot be stored; the format of this library holds {Known}.", nameof(type));

    public static int BytesOf(ScalarType type) => ByName[NameOf(type)].Bytes;
}
