using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// The checkpoint of a run: a safetensors file with the parameters, the optimizer's moments and the states of parts, and with the progress of the run in its
/// metadata. It is a single file, so that one rename publishes it as a whole.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string FileName = "run.safetensors";
    private const string PolicyPrefix = "policy.";
    private const string OptimizerPrefix = "optimizer.";
    private const string StatePrefix = "state.";

    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    public static void Save(
        string folder, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, TrainingState state, RunIdentity identity,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> remembered)
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(folder);
        IEnumerable<KeyValuePair<string, Tensor>> tensors =
        [
            .. parameters.Select(p => KeyValuePair.Create(PolicyPrefix + p.Key, p.Value)),
            .. optimizer.State.Select(p => KeyValuePair.Create(OptimizerPrefix + p.Key, p.Value)),
            .. remembered.Select(s => KeyValuePair.Create(StatePrefix + s.Key, tensor(s.Value.ToArray()))),
        ];
        SafetensorsWriter.Write(PathIn(folder), tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "mel-run/2",
            ["step"] = Text(state.Step),
            ["position"] = Text(state.Position),
            ["updates"] = Text(state.Updates),
            ["tokens"] = Text(state.Tokens),
            ["optimizer_steps"] = Text(optimizer.Steps),
            ["run"] = JsonSerializer.Serialize(identity.Values, CheckpointJson.Default.IReadOnlyDictionaryStringString),
        });
    }

    /// <summary>
    /// Restores parameters, moments and state, or returns null where there is no checkpoint. Everything is checked before anything is written.
    /// </summary>
    /// <exception cref="CheckpointException">The file belongs to another run or another model, or is damaged.</exception>
    public static TrainingState? TryLoad(string folder, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, RunIdentity identity)
    {
        string path = PathIn(folder);
        if (!File.Exists(path)) return null;
        using SafetensorsFile file = SafetensorsFile.Open(path);
        IReadOnlyList<string> differences = identity.DifferencesFrom(Recorded(file, path));
        if (differences.Count > 0)
            throw new CheckpointException(
                path, null,
                $"it belongs to a run with other settings: {string.Join("; ", differences)}. Choose another checkpoint folder, or the settings of that run.");
        List<(string Name, Tensor Destination)> wanted =
        [
            .. parameters.Select(p => (PolicyPrefix + p.Key, p.Value)),
            .. optimizer.State.Select(p => (OptimizerPrefix + p.Key, p.Value)),
        ];
        foreach ((string name, Tensor destination) in wanted)
        {
            if (!file.Entries.TryGetValue(name, out SafetensorsEntry? entry))
                throw new CheckpointException(
                    path, name, "the checkpoint has no such tensor, so it belongs to another model. Choose another checkpoint folder.");
            if (!entry.Shape.SequenceEqual(destination.shape))
                throw new CheckpointException(
                    path, name,
                    $"it has shape [{string.Join(", ", entry.Shape)}], but the model's is [{string.Join(", ", destination.shape)}]. "
                    + "Choose another checkpoint folder.");
        }

        foreach (string name in identity.States.Keys)
        {
            if (!file.Entries.TryGetValue(StatePrefix + name, out SafetensorsEntry? entry) || entry.DataType != ScalarType.Byte || entry.Shape.Count != 1)
                throw new CheckpointException(
                    path, StatePrefix + name,
                    "the checkpoint does not hold the state of this part as a list of bytes. Choose another checkpoint folder, or leave the part out.");
        }

        HashSet<string> known = [.. wanted.Select(w => w.Name), .. identity.States.Keys.Select(name => StatePrefix + name)];
        if (file.Entries.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new CheckpointException(
                path, unknown, "the model has no such tensor, so the checkpoint belongs to another one. Choose another checkpoint folder.");

        TrainingState state = new((int)Number(file, path, "step"), Number(file, path, "position"), Number(file, path, "updates"), Number(file, path, "tokens"));
        long steps = Number(file, path, "optimizer_steps");
        using var noGrad = no_grad();
        foreach ((string name, Tensor destination) in wanted) file.ReadInto(name, destination);
        foreach ((string name, IRunState part) in identity.States)
        {
            using Tensor bytes = file.Read(StatePrefix + name);
            part.LoadState(bytes.data<byte>().ToArray());
        }

        optimizer.Resume(steps);
        return state;
    }

    private static Dictionary<string, string> Recorded(SafetensorsFile file, string path)
    {
        string text = file.Metadata.GetValueOrDefault("run") ?? "none recorded";
        try
        {
            return JsonSerializer.Deserialize(text, CheckpointJson.Default.DictionaryStringString) ?? throw new JsonException("The value is null.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(
                path, null, $"its metadata does not say which run it belongs to ('{text}'): {e.Message} Choose another checkpoint folder.", e);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(SafetensorsFile file, string path, string key)
        => long.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new CheckpointException(
                path, null,
                $"its metadata has '{key}' = '{file.Metadata.GetValueOrDefault(key)}'; a whole number is expected. The file is damaged or of another kind.");
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
