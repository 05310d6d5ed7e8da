using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mel.Checkpoints;
using Mel.Diagnostics;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// A file of JSON lines that follows the checkpoints of a run. Every line begins with the number of its step, <c>{"step":1,...}</c>. A resumed run first cuts
/// the file back to the steps of its checkpoint; a run that begins at step 1 sets an older file aside as <c>name.1</c>, <c>name.2</c>, ...
/// </summary>
/// <remarks>
/// The lines of a step are written in one piece and at once. What cannot be written, on a full disk for instance, is kept and tried again with the next step;
/// the end of the run is an error if something is left.
/// </remarks>
/// <param name="path">The file.</param>
/// <param name="content">What the lines hold, for messages.</param>
/// <param name="oneLineAStep">Whether a step has one line; otherwise it has any number of them.</param>
internal sealed class StepLines(string path, string content, bool oneLineAStep) : IDisposable
{
    private const int MostPending = 64 << 20;

    // Readable text; the characters that some readers take for the end of a line are escaped all the same.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path = Path.GetFullPath(path);
    private readonly ArrayBufferWriter<byte> _pending = new();
    private FileStream? _stream;
    private bool _disposed;

    /// <summary>Opens the file, and makes its folder where there is none.</summary>
    /// <param name="run">The run that begins or goes on.</param>
    /// <param name="steps">The steps whose lines stay.</param>
    public void Start(RunContext run, int steps)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(run);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _stream?.Dispose();
        _pending.ResetWrittenCount();
        AtomicFile.Sweep(_path);
        if (run.State.Step == 0) SetAside();
        else CutBack(steps);
        _stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Adds a line, which <see cref="Write"/> writes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="fields">Writes the further fields of the line.</param>
    public void Add(int step, Action<Utf8JsonWriter> fields)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_stream is null)
            throw new InvalidOperationException($"The run has not started, so '{_path}' is not open; give the file to a trainer as a service.");
        using (Utf8JsonWriter json = new(_pending, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            fields(json);
            json.WriteEndObject();
        }

        _pending.Write("\n"u8);
    }

    /// <summary>Writes the lines that were added.</summary>
    /// <exception cref="IOException">Nothing could be written for so long that too much is kept.</exception>
    public void Write(RunContext run, int step)
    {
        try
        {
            WritePending();
        }
        catch (IOException e) when (_pending.WrittenCount <= MostPending)
        {
            // The lines wait for the next ones. A disk without room must not end the run: its checkpoint may have room.
            Log.LinesDelayed(run.Logger, step, content, _path, e.Message);
        }
    }

    /// <summary>Tries once more to write what is left.</summary>
    /// <exception cref="IOException">A line could not be written.</exception>
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
            // Half a line would swallow the one that follows.
            _stream.SetLength(end);
            _stream.Position = end;
            throw;
        }

        _pending.ResetWrittenCount();
    }

    private void SetAside()
    {
        if (!File.Exists(_path) || new FileInfo(_path).Length == 0) return;
        int number = 1;
        while (File.Exists($"{_path}.{number}")) number++;
        File.Move(_path, $"{_path}.{number}");
    }

    /// <summary>Keeps the whole lines of the steps up to the last, in their order. What a killed process left behind them goes.</summary>
    private void CutBack(int lastStep)
    {
        if (!File.Exists(_path) || (Kept(lastStep).All(line => line is not null) && EndsWithLine())) return;
        AtomicFile.Write(_path, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string? line in Kept(lastStep))
            {
                if (line is not null) writer.WriteLine(line);
            }
        });
    }

    /// <summary>The lines of the file one after another, null in the place of one that does not stay.</summary>
    private IEnumerable<string?> Kept(int lastStep)
    {
        int next = 1;
        foreach (string line in File.ReadLines(_path))
        {
            int? step = StepOf(line);
            bool stays = step >= next && step <= lastStep;
            if (stays) next = oneLineAStep ? step!.Value + 1 : step!.Value;
            yield return stays ? line : null;
        }
    }

    private bool EndsWithLine()
    {
        using FileStream stream = File.OpenRead(_path);
        if (stream.Length == 0) return true;
        stream.Position = stream.Length - 1;
        return stream.ReadByte() == '\n';
    }

    /// <summary>The step of a line; null where the line is not whole.</summary>
    private static int? StepOf(string line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("step", out JsonElement step)
                && step.TryGetInt32(out int number) ? number : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
