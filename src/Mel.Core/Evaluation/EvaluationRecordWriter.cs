using System.Buffers;
using Mel.Runtime;

namespace Mel.Evaluation;

/// <summary>Appends records to a file as they come. A file that an earlier process left goes on if it belongs to the same evaluation.</summary>
internal sealed class EvaluationRecordWriter : IDisposable
{
    private readonly FileStream _stream;
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly Lock _gate = new();

    private EvaluationRecordWriter(FileStream stream, IReadOnlyList<EvaluationRecord> earlier) => (_stream, Earlier) = (stream, earlier);

    /// <summary>What the file held already.</summary>
    public IReadOnlyList<EvaluationRecord> Earlier { get; }

    /// <summary>Opens or makes the file; its folder is made where it does not exist.</summary>
    /// <exception cref="EvaluationRecordsException">The file is damaged, in use, or of another evaluation.</exception>
    public static EvaluationRecordWriter Open(string path, RunIdentity identity)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        FileStream stream = OpenFile(path);
        try
        {
            EvaluationRecords? records = EvaluationRecords.Read(path, stream);
            if (records is not null && identity.DifferencesFrom(records.Settings) is { Count: > 0 } differences)
                throw new EvaluationRecordsException(
                    path, 0, $"the records belong to another evaluation: {string.Join("; ", differences)}. Choose another file, or the settings of that one.");
            // What a killed process left of a line goes, or it would swallow the next one.
            stream.SetLength(EvaluationRecords.EndOfLines(stream));
            stream.Position = stream.Length;
            EvaluationRecordWriter writer = new(stream, records?.Records ?? []);
            if (records is null) writer.Append(line => EvaluationRecordJson.WriteHeader(line, identity.Values));
            return writer;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Writes records, whole or not at all.</summary>
    public void Write(IReadOnlyList<EvaluationRecord> records) => Append(line =>
    {
        foreach (EvaluationRecord record in records) EvaluationRecordJson.Write(line, record);
    });

    public void Dispose() => _stream.Dispose();

    private static FileStream OpenFile(string path)
    {
        // A pipe would be waited for.
        FileFault fault = (problem, inner) => new EvaluationRecordsException(path, 0, problem, inner);
        if (Path.Exists(path)) RegularFile.Open(path, fault, FileShare.ReadWrite).Dispose();
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EvaluationRecordsException(
                path, 0, $"records cannot be written to this file ({e.Message}). Wait until another evaluation that uses it ends, or choose another file.", e);
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
