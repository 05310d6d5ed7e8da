using System.Buffers;
using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// The end of a file that grows with the steps of a run. What was added is written in one piece and at once. What cannot be written, on a full disk for
/// instance, is kept and tried again with the next step; the end of the run is an error if something is left.
/// </summary>
/// <param name="content">What is written, for messages.</param>
internal sealed class DelayedFile(string content) : IDisposable
{
    private const int MostPending = 64 << 20;

    private readonly ArrayBufferWriter<byte> _pending = new();
    private FileStream? _stream;
    private bool _disposed;

    /// <summary>Takes what the next write writes.</summary>
    /// <param name="path">The file, for the message where no run has started.</param>
    public IBufferWriter<byte> Pending(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _stream is null
            ? throw new InvalidOperationException($"The run has not started, so '{path}' is not open; give the file to a trainer as a service.")
            : _pending;
    }

    /// <summary>Closes the file that was open, with what it did not write, so that files can be moved and cut.</summary>
    public void Close()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _stream?.Dispose();
        _stream = null;
        _pending.ResetWrittenCount();
    }

    /// <summary>Opens a file at its end.</summary>
    public void Open(string path) => _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    /// <summary>Writes what was added.</summary>
    /// <exception cref="IOException">Nothing could be written for so long that too much is kept.</exception>
    public void Write(RunContext run, int step)
    {
        try
        {
            WritePending();
        }
        catch (IOException e) when (_pending.WrittenCount <= MostPending)
        {
            // It waits for the next step. A disk without room must not end the run: its checkpoint may have room.
            Log.LinesDelayed(run.Logger, step, content, _stream!.Name, e.Message);
        }
    }

    /// <summary>Tries once more to write what is left.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void End() => WritePending();

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _stream?.Dispose();
    }

    private void WritePending()
    {
        if (_stream is null || _pending.WrittenCount == 0) return;
        long end = _stream.Position;
        try
        {
            _stream.Write(_pending.WrittenSpan);
        }
        catch (IOException)
        {
            // Half a line or record would swallow the one that follows.
            _stream.SetLength(end);
            _stream.Position = end;
            throw;
        }

        _pending.ResetWrittenCount();
    }
}
