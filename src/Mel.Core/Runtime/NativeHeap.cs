using System.Runtime.InteropServices;

namespace Mel.Runtime;

/// <summary>Keeps the native heap of a training loop from growing.</summary>
internal static partial class NativeHeap
{
    private const long Slack = 256L << 20;

    private static volatile bool _unavailable = !OperatingSystem.IsLinux();
    private static long _settled;

    /// <summary>
    /// Frees the native memory that a step left behind. Small native objects (scalars, wrappers) wait for finalizers and pin the pages between them, so that
    /// resident memory grows although the number of live tensors does not. Collecting the youngest generation frees these objects, and trimming gives their
    /// pages back. Trimming costs page faults in the next step. It therefore waits until the process has grown by half, and by at least <see cref="Slack"/>.
    /// </summary>
    public static void Settle()
    {
        GC.Collect(0);
        long settled = Interlocked.Read(ref _settled);
        if (_unavailable || Environment.WorkingSet < settled + Math.Max(Slack, settled / 2)) return;
        try
        {
            _ = Trim(0);
            Interlocked.Exchange(ref _settled, Environment.WorkingSet);
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            _unavailable = true;     // a C library without malloc_trim (musl): nothing to give back by hand
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Trim(nuint pad);
}
