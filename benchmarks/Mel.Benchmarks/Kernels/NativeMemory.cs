using System.Globalization;

namespace Mel.Benchmarks.Kernels;

/// <summary>Memory of the process as the system sees it: what libtorch takes is not on the managed heap and MemoryDiagnoser does not see it. Linux only.</summary>
internal static class NativeMemory
{
    public static bool IsMeasurable { get; } = OperatingSystem.IsLinux() && File.Exists("/proc/self/clear_refs");

    /// <summary>The highest resident memory during an action above that before it, bytes; 0 where it cannot be measured.</summary>
    public static long PeakOf(Action action)
    {
        if (!IsMeasurable)
        {
            action();
            return 0;
        }
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Read("VmRSS:");
        File.WriteAllText("/proc/self/clear_refs", "5");                                // resets VmHWM, the high-water mark
        action();
        return Math.Max(0, Read("VmHWM:") - before);
    }

    private static long Read(string key)
        => 1024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
