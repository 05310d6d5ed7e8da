namespace Mel.Benchmarks.Kernels;

/// <summary>How much the kernel benchmarks measure: <c>--short</c> ends within three minutes, the standard gives the tables of the documentation.</summary>
internal static class Preset
{
    public static bool IsShort { get; private set; }

    /// <summary>Takes the preset out of the command line.</summary>
    public static string[] Parse(string[] args)
    {
        IsShort = args.Contains("--short");
        return [.. args.Where(a => a is not ("--short" or "--standard"))];
    }
}
