using System.Text.Json;

namespace Mel.Training;

/// <summary>
/// Writes the figures of every step to a file, one JSON object a line: <c>{"step":1,"reward":0.25,...}</c>. Every line is flushed at once. A resumed run
/// appends to the file.
/// </summary>
public sealed class MetricsFile : IRunService, IDisposable
{
    private readonly string _path;
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
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _stream ??= new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        ObjectDisposedException.ThrowIf(_disposed, this);
        FileStream stream = _stream
            ?? throw new InvalidOperationException($"The run has not started, so '{_path}' is not open; give the file to a trainer as a service.");
        using (Utf8JsonWriter json = new(stream))
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

        stream.WriteByte((byte)'\n');
        stream.Flush();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _disposed = true;
        _stream?.Dispose();
    }
}
