using System.Text.Json;

namespace Mel.Training;

/// <summary>
/// Writes the figures of every step to a file, one JSON object a line: <c>{"step":1,"reward":0.25,...}</c>. Every line is flushed at once. A resumed run
/// appends to the file.
/// </summary>
public sealed class MetricsFile : IRunService, IDisposable
{
    private readonly FileStream _stream;

    /// <summary>Opens the file for appending and creates its folder.</summary>
    /// <param name="path">The file.</param>
    public MetricsFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <inheritdoc/>
    public ValueTask ReportAsync(RunContext run, StepReport report, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        using (Utf8JsonWriter json = new(_stream))
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

        _stream.WriteByte((byte)'\n');
        _stream.Flush();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
