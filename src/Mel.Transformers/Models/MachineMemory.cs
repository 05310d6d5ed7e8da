using TorchSharp;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// Holds a claim of memory against what the machine has. libtorch hands out more than there is, and the system then ends the process instead of saying so.
/// </summary>
internal static class MachineMemory
{
    /// <summary>Throws where so many numbers do not fit.</summary>
    /// <param name="numbers">How many numbers.</param>
    /// <param name="type">Their type.</param>
    /// <param name="device">Where they lie; only the memory of the CPU is known.</param>
    /// <param name="fault">Makes the exception from what is wrong.</param>
    public static void Require(decimal numbers, ScalarType type, Device device, Func<string, Exception> fault)
    {
        if (device.type != DeviceType.CPU || HeapIsLimited()) return;
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        decimal needed = numbers * type.ElementSize();
        if (available > 0 && needed > available) throw fault($"{needed:N0} bytes, but the machine has {available:N0}");
    }

    // With a limit on the managed heap, the runtime reports that limit as the memory of the machine.
    private static bool HeapIsLimited()
        => GC.GetConfigurationVariables().Any(setting => setting.Key.StartsWith("GCHeapHardLimit", StringComparison.Ordinal) && setting.Value is long and > 0);
}
