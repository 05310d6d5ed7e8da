using Mel.Checkpoints;

namespace Mel.Training;

/// <summary>
/// The folder of a run's checkpoints, held by one process at a time. It keeps the last two checkpoints, so that one that was damaged has a predecessor.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string NewestName = "run.safetensors";
    private const string PreviousName = "run.previous.safetensors";
    private const string NextName = "run.next.safetensors";
    private const string ProbeName = "run.probe";
    private const string LockName = "run.lock";

    private readonly FileStream _lock;

    private RunFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    /// <summary>Full path of the folder.</summary>
    public string Path { get; }

    /// <summary>
    /// Makes the folder where it does not exist, takes its lock, tries that a checkpoint can be written, and deletes what a killed process left half written.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="checkpointBytes">Size of a checkpoint.</param>
    /// <exception cref="CheckpointException">Another process holds the folder, or nothing can be written to it.</exception>
    public static RunFolder Open(string folder, long checkpointBytes)
    {
        string path = System.IO.Path.GetFullPath(folder), newest = NewestIn(path);
        try
        {
            Directory.CreateDirectory(path);
            if (Directory.Exists(newest)) throw new CheckpointException(newest, null, "it is a folder, but the checkpoint is written to this name. Remove it.");
        }
        catch (Exception e) when (e is IOException and not CheckpointException or UnauthorizedAccessException)
        {
            throw Unusable(path, e);
        }

        FileStream held = Lock(path);
        try
        {
            foreach (string name in (string[])[NewestName, NextName, ProbeName]) AtomicFile.Sweep(System.IO.Path.Combine(path, name));
            // The probe's file is renamed like a checkpoint's. A folder that can be written to once can still become full later.
            string probe = System.IO.Path.Combine(path, ProbeName);
            AtomicFile.Write(probe, stream => stream.Write("mel"u8));
            File.Delete(probe);
            RequireSpace(path, checkpointBytes);
            return new RunFolder(path, held);
        }
        catch (Exception e)
        {
            held.Dispose();
            if (e is IOException and not CheckpointException or UnauthorizedAccessException) throw Unusable(path, e);
            throw;
        }
    }

    /// <summary>Makes room for a checkpoint in any folder, writes it, and keeps the one that was the newest as the previous one.</summary>
    /// <param name="folder">The folder; made where it does not exist.</param>
    /// <param name="write">Writes the checkpoint to the path it is given, completely or not at all.</param>
    public static void Write(string folder, Action<string> write)
    {
        Directory.CreateDirectory(folder);
        string newest = NewestIn(folder), next = System.IO.Path.Combine(folder, NextName);
        write(next);
        // A process killed between the two renames leaves the previous checkpoint and the complete next one, which Candidates lists first.
        if (File.Exists(newest)) File.Move(newest, System.IO.Path.Combine(folder, PreviousName), overwrite: true);
        File.Move(next, newest, overwrite: true);
    }

    /// <summary>Writes a checkpoint as the only one of a folder, in place of the one that is there.</summary>
    /// <param name="folder">The folder; made where it does not exist.</param>
    /// <param name="write">Writes the checkpoint to the path it is given, completely or not at all.</param>
    public static void WriteAlone(string folder, Action<string> write)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Sweep(NewestIn(folder));
        write(NewestIn(folder));
    }

    /// <summary>Removes a folder of a checkpoint that stands alone. Whatever else lies in it stays.</summary>
    public static void Remove(string folder)
    {
        AtomicFile.Sweep(NewestIn(folder));
        File.Delete(NewestIn(folder));
        if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    /// <summary>The checkpoints of a folder that exist, the newest first.</summary>
    public static IReadOnlyList<string> Candidates(string folder)
        => [.. new[] { NextName, NewestName, PreviousName }.Select(name => System.IO.Path.Combine(folder, name)).Where(File.Exists)];

    /// <summary>Releases the folder.</summary>
    public void Dispose() => _lock.Dispose();

    private static string NewestIn(string folder) => System.IO.Path.Combine(folder, NewestName);

    private static FileStream Lock(string path)
    {
        string file = System.IO.Path.Combine(path, LockName);
        try
        {
            // The system takes the lock back when the process ends, however it ends.
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bool taken = File.Exists(file) && e is not UnauthorizedAccessException;
            throw taken
                ? new CheckpointException(
                    path, null, "another run is using this checkpoint folder at this moment. Wait until it ends, stop it, or choose another folder.", e)
                : Unusable(path, e);
        }
    }

    private static void RequireSpace(string path, long bytes)
    {
        long free;
        try
        {
            free = new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return;
        }

        if (free < bytes)
            throw new CheckpointException(
                path, null,
                $"a checkpoint of this run has {bytes:N0} bytes and {free:N0} are free. Two checkpoints are kept while a third is written: "
                + "make room, or choose a folder on another disk.");
    }

    private static CheckpointException Unusable(string path, Exception e) => new(
        path, null, $"checkpoints cannot be written to this folder ({e.Message}). Choose a folder that can be written to, or mend this one.", e);
}
