using System.Diagnostics;
using System.Globalization;

namespace Mel.Transformers.Tests.Hostile;

/// <summary>Reads damaged files and keeps what came of it.</summary>
internal sealed class FuzzFigures(FileReader reader)
{
    private const int LongestMessage = 5000;

    public int Files { get; private set; }

    public int Refused { get; private set; }

    /// <summary>The slowest file, milliseconds.</summary>
    public double Slowest { get; private set; }

    /// <summary>The most managed memory that a file took above its own size, bytes allocated.</summary>
    public long Bytes { get; private set; }

    /// <summary>What a reader must not do: other exceptions than it documents, and endless messages.</summary>
    public List<string> Faults { get; } = [];

    public static string Header => "| reader | files | refused | untyped | slowest, ms | managed memory above the file, MB |\n|---|---|---|---|---|---|";

    public string Row => string.Create(CultureInfo.InvariantCulture, $"| {reader.Name} | {Files:N0} | {Refused:N0} | {Faults.Count} | {Slowest:F0} | {Bytes / 1e6:F1} |");

    /// <summary>Reads one damaged file. One that seems slow is read again, since the machine may have been busy.</summary>
    public void Read(byte[] file)
    {
        File.WriteAllBytes(Path.Combine(reader.Folder, reader.File), file);
        Files++;
        double milliseconds = ReadOnce(file.Length);
        for (int i = 0; i < 3 && milliseconds > Math.Max(20, Slowest); i++) milliseconds = Math.Min(milliseconds, ReadOnce(file.Length));
        Slowest = Math.Max(Slowest, milliseconds);
    }

    private double ReadOnce(int length)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), start = Stopwatch.GetTimestamp();
        Exception? error = null;
        try
        {
            reader.Read(reader.Folder);
        }
        catch (Exception e)
        {
            error = e;
        }

        double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        Bytes = Math.Max(Bytes, GC.GetAllocatedBytesForCurrentThread() - before - length);
        if (error is null) return milliseconds;
        Refused++;
        if (!reader.Expected.Contains(error.GetType())) Faults.Add($"{error.GetType().Name}: {error}");
        else if (error.ToString().Length > 4 * LongestMessage || error.Message.Length > LongestMessage) Faults.Add($"a message of {error.Message.Length} characters");
        return milliseconds;
    }
}
