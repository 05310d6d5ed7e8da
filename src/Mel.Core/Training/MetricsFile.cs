using System.Buffers;
using System.Text.Json;
using Mel.Checkpoints;
using Mel.Diagnostics;

namespace Mel.Training;

/// <summary>
/// Writes the figures of every step to a file, one JSON object a line: <c>{"step":1,"reward":0.25,...}</c>. Every line is flushed at once. A resumed run first
/// cuts the file back to the steps of its checkpoint, so that every step has one line.
/// </summary>
/// <remarks>
/// A line that cannot be written, on a full disk for instance, is kept and tried again with the next one; the end of the run is an error if one is left. A run
/// that begins at step 1 sets an older file aside as <c>name.1</c>, <c>name.2</c>, ...
/// </remarks>
public sealed class MetricsFile : IRunService, IDisposable
{
    private readonly string _path;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private FileStream? _stream;
    private bool _disposed;

    /// <summary>Names the file, which is opened, and its folder made, when a run starts.</summary>
    /// <param name="path">The file.</param>
    public MetricsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(run);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _stream?.Dispose();
        _pending.ResetWrittenCount();
        if (run.State.Step == 0) SetAside();
        else CutBack(run.State.Step);
        _stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(report);
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_stream is null)
            throw new InvalidOperationException($"The run has not started, so '{_path}' is not open; give the file to a trainer as a service.");
        using (Utf8JsonWriter json = new(_pending))
        {
            json.WriteStartObject();
            json.WriteNumber("step", report.Step);
            foreach ((string name, double number) in report.Metrics)
            {
                // JSON has no NaN; a figure that does not exist is null.
                if (double.IsFinite(number)) json.WriteNumber(name, number);
                else json.WriteNull(name);
            }

            json.WriteEndObject();
        }

        _pending.Write("\n"u8);
        try
        {
            WritePending(_stream);
        }
        catch (IOException e)
        {
            // The line waits for the next one. A disk without room must not end the run: its checkpoint may have room.
            Log.FiguresDelayed(run.Logger, report.Step, _path, e.Message);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A line could not be written.</exception>
    public ValueTask EndAsync(RunContext run)
    {
        if (_stream is not null) WritePending(_stream);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _stream?.Dispose();
    }

    private void WritePending(FileStream stream)
    {
        if (_pending.WrittenCount == 0) return;
        long end = stream.Position;
        try
        {
            stream.Write(_pending.WrittenSpan);
        }
        catch (IOException)
        {
            // Half a line would swallow the one that follows.
            stream.SetLength(end);
            stream.Position = end;
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

    /// <summary>Keeps the whole lines of the steps up to the last, each step once. What a killed process left behind them goes.</summary>
    private void CutBack(int lastStep)
    {
        if (!File.Exists(_path)) return;
        List<string> kept = [];
        int before = 0;
        bool isWhole = true;
        foreach (string line in File.ReadLines(_path))
        {
            int? step = StepOf(line);
            if (step > before && step <= lastStep)
            {
                kept.Add(line);
                before = step.Value;
            }
            else
            {
                isWhole = false;
            }
        }

        if (isWhole && EndsWithLine()) return;
        AtomicFile.Write(_path, stream =>
        {
            using StreamWriter writer = new(stream, leaveOpen: true) { NewLine = "\n" };
            foreach (string line in kept) writer.WriteLine(line);
        });
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
