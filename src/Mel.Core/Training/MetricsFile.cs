using System.Text.Json;

namespace Mel.Training;

/// <summary>
/// Writes the figures of every step to a file, one JSON object a line: <c>{"step":1,"reward":0.25,...}</c>. Lines are flushed as they come; a run that goes on
/// appends.
/// </summary>
public sealed class MetricsFile : IProgress<StepReport>, IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _stream;
    private readonly IProgress<StepReport>? _next;

    /// <summary>Opens the file for appending and creates its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="next">Receives every report afterwards, so that several receivers can be chained; null for none.</param>
    public MetricsFile(string path, IProgress<StepReport>? next = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        _next = next;
    }

    /// <inheritdoc/>
    public void Report(StepReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        lock (_gate)
        {
            using (Utf8JsonWriter json = new(_stream))
            {
                json.WriteStartObject();
                json.WriteNumber("step", value.Step);
                foreach ((string name, double number) in value.Metrics)
                {
                    // JSON has no NaN; a figure that does not exist is null.
                    if (double.IsFinite(number)) json.WriteNumber(name, number);
                    else json.WriteNull(name);
                }

                json.WriteEndObject();
            }

            _stream.WriteByte((byte)'\n');
            _stream.Flush();
        }

        _next?.Report(value);
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();
}
