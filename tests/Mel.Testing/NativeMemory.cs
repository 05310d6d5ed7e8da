using System.Globalization;
using System.Runtime.InteropServices;

namespace Mel.Testing;

/// <summary>Memory of the process as the system sees it: what libtorch takes is not on the managed heap. Linux only.</summary>
public static class NativeMemory
{
    private const string Clear = "/proc/self/clear_refs";

    public static bool IsMeasurable { get; } = OperatingSystem.IsLinux() && File.Exists(Clear);

    /// <summary>Resident memory, bytes.</summary>
    public static long Resident => Read("VmRSS:");

    /// <summary>The highest resident memory during an action above that before it, bytes; 0 where it cannot be measured.</summary>
    public static long PeakOf(Action action)
    {
        if (!IsMeasurable)
        {
            action();
            return 0;
        }

        Trim();
        long before = Resident;
        return Math.Max(0, PeakDuring(action) - before);
    }

    /// <summary>The highest resident memory during an action, bytes.</summary>
    public static long PeakDuring(Action action)
    {
        File.WriteAllText(Clear, "5");                                                  // resets VmHWM, the high-water mark
        action();
        return Read("VmHWM:");
    }

    /// <summary>Gives memory that was freed back to the system, so that the next peak counts from what is in use.</summary>
    public static void Trim()
    {
        Collect();
        if (OperatingSystem.IsLinux()) _ = MallocTrim(0);
    }

    /// <summary>
    /// From now on a block of 128 KiB or more goes back to the system as soon as it is freed, so that a peak is what was in use. The heap would keep holes that
    /// no later block fits into, more or less of them from run to run.
    /// </summary>
    public static void ReturnLargeBlocks()
    {
        const int mmapThreshold = -3;
        if (OperatingSystem.IsLinux()) _ = MallocOption(mmapThreshold, 128 << 10);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // Gives back what earlier tests left, too: the runtime would return it piece by piece, in the middle of a measurement.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static long Read(string key)
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallocTrim(nuint keep);

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallocOption(int option, int value);
}
