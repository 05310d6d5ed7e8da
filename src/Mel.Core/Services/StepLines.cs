using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Mel.Checkpoints;
using Mel.Training;

namespace Mel.Services;

/// <summary>
/// A file of JSON lines that follows the checkpoints of a run. Every line begins with the number of its step, <c>{"step":1,...}</c>. A resumed run first cuts
/// the file back to the steps of its checkpoint; a run that begins at step 1 sets an older file aside as <c>name.1</c>, <c>name.2</c>, ...
/// </summary>
/// <remarks>
/// The lines of a step are written in one piece and at once, or later where there is no room (<see cref="DelayedFile"/>).
/// </remarks>
/// <param name="path">The file.</param>
/// <param name="content">What the lines hold, for messages.</param>
/// <param name="oneLineAStep">Whether a step has one line; otherwise it has any number of them.</param>
internal sealed class StepLines(string path, string content, bool oneLineAStep) : IDisposable
{
    // Readable text; the characters that some readers take for the end of a line are escaped all the same.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly string _path = Path.GetFullPath(path);
    private readonly DelayedFile _file = new(content);

    /// <summary>Opens the file, and makes its folder where there is none.</summary>
    /// <param name="run">The run that begins or goes on.</param>
    /// <param name="steps">The steps whose lines stay.</param>
    public void Start(RunContext run, int steps)
    {
        ArgumentNullException.ThrowIfNull(run);
        _file.Close();
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        AtomicFile.Sweep(_path);
        if (run.State.Step == 0) SetAside();
        else CutBack(steps);
        _file.Open(_path);
    }

    /// <summary>Adds a line, which <see cref="Write"/> writes.</summary>
    /// <param name="step">The step.</param>
    /// <param name="fields">Writes the further fields of the line.</param>
    public void Add(int step, Action<Utf8JsonWriter> fields)
    {
        IBufferWriter<byte> pending = _file.Pending(_path);
        using (Utf8JsonWriter json = new(pending, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("step", step);
            fields(json);
            json.WriteEndObject();
        }

        pending.Write("\n"u8);
    }

    /// <inheritdoc cref="DelayedFile.Write"/>
    public void Write(RunContext run, int step) => _file.Write(run, step);

    /// <inheritdoc cref="DelayedFile.End"/>
    public void End() => _file.End();

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

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
