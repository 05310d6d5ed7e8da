using System.Buffers;
using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>Appends records to a file as they come. A file that an earlier process left goes on if it belongs to the same evaluation.</summary>
internal sealed class EvaluationRecordWriter : IDisposable
{
    private readonly FileStream _stream;
    private readonly FileStream _lock;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Lock _gate = new();

    private EvaluationRecordWriter(FileStream stream, FileStream @lock, IReadOnlyList<EvaluationRecord> earlier)
        => (_stream, _lock, Earlier) = (stream, @lock, earlier);

    /// <summary>What the file held already.</summary>
    public IReadOnlyList<EvaluationRecord> Earlier { get; }

    /// <summary>Opens or makes the file; its folder is made where it does not exist.</summary>
    /// <exception cref="EvaluationRecordsException">The file is damaged, in use, or of another evaluation.</exception>
    public static EvaluationRecordWriter Open(string path, RunIdentity identity)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        FileStream @lock = OpenForWriting(path, $"{path}.lock", FileShare.None, FileOptions.DeleteOnClose);
        FileStream? stream = null;
        try
        {
            FileFault fault = (problem, inner) => new EvaluationRecordsException(path, 0, problem, inner);
            // A pipe would be waited for.
            if (Path.Exists(path)) RegularFile.Open(path, fault, FileShare.ReadWrite).Dispose();
            stream = OpenForWriting(path, path, FileShare.ReadWrite, FileOptions.None);
            EvaluationRecords? records = EvaluationRecords.Read(path, stream);
            if (records is not null && identity.DifferencesFrom(records.Settings) is { Count: > 0 } differences)
                throw new EvaluationRecordsException(
                    path, 0, $"the records belong to another evaluation: {string.Join("; ", differences)}. Choose another file, or the settings of that one.");
            // What a killed process left of a line goes, or it would swallow the next one.
            stream.SetLength(EvaluationRecords.EndOfLines(stream));
            stream.Position = stream.Length;
            EvaluationRecordWriter writer = new(stream, @lock, records?.Records ?? []);
            if (records is null) writer.Append(line => EvaluationRecordJson.WriteHeader(line, identity.Values));
            return writer;
        }
        catch
        {
            stream?.Dispose();
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Writes records, whole or not at all.</summary>
    public void Write(IReadOnlyList<EvaluationRecord> records) => Append(line =>
    {
        foreach (EvaluationRecord record in records) EvaluationRecordJson.Write(line, record);
    });

    public void Dispose()
    {
        _stream.Dispose();
        _lock.Dispose();
    }

    /// <summary>
    /// Opens the records or their lock. Readers may look at the records at any time, so a file beside them keeps a second writer out; the system takes that
    /// lock back when the process ends, however it ends.
    /// </summary>
    private static FileStream OpenForWriting(string records, string path, FileShare share, FileOptions options)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationRecordsException(
                records, 0,
                $"records cannot be written to this file ({Excerpt.Of(e.Message, 200)}). Wait until another evaluation that uses it ends, or choose another "
                + "file.",
                e);
        }
    }

    private void Append(Action<ArrayBufferWriter<byte>> write)
    {
        lock (_gate)
        {
            _line.ResetWrittenCount();
            write(_line);
            long end = _stream.Position;
            try
            {
                _stream.Write(_line.WrittenSpan);
            }
            catch (IOException)
            {
                _stream.SetLength(end);
                throw;
            }
        }
    }
}
