using System.Globalization;
using Mel.Checkpoints;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// The checkpoint of a run: one safetensors file with the parameters, the optimizer's moments and, in its metadata, where the run is. One file, so that the rename
/// which publishes it is atomic.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string FileName = "run.safetensors";
    private const string PolicyPrefix = "policy.";
    private const string OptimizerPrefix = "optimizer.";

    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    public static void Save(string folder, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, TrainingState state, string fingerprint)
    {
        Directory.CreateDirectory(folder);
        IEnumerable<KeyValuePair<string, Tensor>> tensors =
        [
            .. parameters.Select(p => KeyValuePair.Create(PolicyPrefix + p.Key, p.Value)),
            .. optimizer.State.Select(p => KeyValuePair.Create(OptimizerPrefix + p.Key, p.Value)),
        ];
        SafetensorsWriter.Write(PathIn(folder), tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = "mel-run/1",
            ["step"] = Text(state.Step),
            ["position"] = Text(state.Position),
            ["updates"] = Text(state.Updates),
            ["tokens"] = Text(state.Tokens),
            ["optimizer_steps"] = Text(optimizer.Steps),
            ["run"] = fingerprint,
        });
    }

    /// <summary>Restores parameters, moments and state, or returns null where there is no checkpoint. Everything is checked before anything is written.</summary>
    /// <exception cref="CheckpointException">The file belongs to another run or another model, or is damaged.</exception>
    public static TrainingState? TryLoad(string folder, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, string fingerprint)
    {
        string path = PathIn(folder);
        if (!File.Exists(path)) return null;
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault("run") is var run && run != fingerprint)
            throw new CheckpointException(path, null, $"it belongs to a run with other settings ({run ?? "none recorded"}; this run: {fingerprint}). Choose another checkpoint folder, or the settings of that run.");
        List<(string Name, Tensor Destination)> wanted =
        [
            .. parameters.Select(p => (PolicyPrefix + p.Key, p.Value)),
            .. optimizer.State.Select(p => (OptimizerPrefix + p.Key, p.Value)),
        ];
        foreach ((string name, Tensor destination) in wanted)
        {
            if (!file.Entries.TryGetValue(name, out SafetensorsEntry? entry))
                throw new CheckpointException(path, name, "the checkpoint has no such tensor, so it belongs to another model. Choose another checkpoint folder.");
            if (!entry.Shape.SequenceEqual(destination.shape))
                throw new CheckpointException(path, name, $"it has shape [{string.Join(", ", entry.Shape)}], but the model's is [{string.Join(", ", destination.shape)}]. Choose another checkpoint folder.");
        }

        HashSet<string> known = [.. wanted.Select(w => w.Name)];
        if (file.Entries.Keys.FirstOrDefault(name => !known.Contains(name)) is { } unknown)
            throw new CheckpointException(path, unknown, "the model has no such tensor, so the checkpoint belongs to another one. Choose another checkpoint folder.");

        TrainingState state = new((int)Number(file, path, "step"), Number(file, path, "position"), Number(file, path, "updates"), Number(file, path, "tokens"));
        long steps = Number(file, path, "optimizer_steps");
        using var noGrad = no_grad();
        foreach ((string name, Tensor destination) in wanted) file.ReadInto(name, destination);
        optimizer.Resume(steps);
        return state;
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(SafetensorsFile file, string path, string key)
        => long.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new CheckpointException(path, null, $"its metadata has '{key}' = '{file.Metadata.GetValueOrDefault(key)}'; a whole number is expected. The file is damaged or of another kind.");
}
