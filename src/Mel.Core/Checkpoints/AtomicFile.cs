namespace Mel.Checkpoints;

/// <summary>
/// Writes a file under a temporary name in the same folder, flushes it to disk and renames it; a failure leaves nothing behind and an older file untouched.
/// </summary>
public static class AtomicFile
{
    /// <summary>Writes or replaces a file.</summary>
    /// <param name="path">Path of the file; its folder must exist.</param>
    /// <param name="write">Writes the content to a stream that can seek.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Deletes what a process that was killed while it wrote a file has left of it. No other process may write the file at the same time.</summary>
    /// <param name="path">Path of the file; its folder need not exist.</param>
    public static void Sweep(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        if (!Directory.Exists(folder)) return;
        string lead = Path.GetFileName(path) + ".";
        foreach (string file in Directory.EnumerateFiles(folder, lead + "*.tmp"))
        {
            if (Guid.TryParseExact(Path.GetFileName(file)[lead.Length..^4], "N", out _)) File.Delete(file);
        }
    }
}
