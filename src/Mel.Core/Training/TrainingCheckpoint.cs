using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Training;

/// <summary>
/// The checkpoint of a run: a safetensors file with the parameters, the optimizer's moments and the states of parts, and with the progress of the run in its
/// metadata. It is a single file, so that one rename publishes it as a whole, and it carries the digest of its bytes.
/// </summary>
internal static class TrainingCheckpoint
{
    private const string Format = "mel-run/3";
    private const string PolicyPrefix = "policy.";
    private const string OptimizerPrefix = "optimizer.";
    private const string StatePrefix = "state.";
    private const string OpenFigures = "open_figures";

    /// <summary>So many differences are named one by one.</summary>
    private const int MostNamed = 12;

    /// <summary>Largest position and counts that are believed: far above any run, far below what could overflow.</summary>
    private const long LargestCount = 1L << 52;

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file, which is replaced when the checkpoint is complete.</param>
    /// <param name="parameters">The parameters.</param>
    /// <param name="optimizer">The moments.</param>
    /// <param name="state">The progress.</param>
    /// <param name="identity">The run.</param>
    /// <param name="remembered">The states of the parts.</param>
    /// <param name="open">The figures so far of a step that not every service has seen; null where all have.</param>
    /// <exception cref="CheckpointException">A parameter or a moment is not finite; what was there stays.</exception>
    public static void Write(
        string path, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, TrainingState state, RunIdentity identity,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> remembered, IReadOnlyDictionary<string, double>? open)
    {
        using var scope = NewDisposeScope();
        List<KeyValuePair<string, Tensor>> tensors = Tensors(parameters, optimizer);
        if (tensors.Find(t => !IsFinite(t.Value)) is { Key: { } broken })
            throw new CheckpointException(
                path, broken, $"after step {state.Step} it holds numbers that are not finite: the run has diverged. Earlier checkpoints stay as they are.");
        tensors.AddRange(remembered.Select(s => KeyValuePair.Create(StatePrefix + s.Key, tensor(s.Value.ToArray()))));
        Dictionary<string, string> metadata = new(StringComparer.Ordinal)
        {
            ["format"] = Format,
            ["step"] = Text(state.Step),
            ["position"] = Text(state.Position),
            ["updates"] = Text(state.Updates),
            ["tokens"] = Text(state.Tokens),
            ["non_finite_updates"] = Text(state.NonFiniteUpdates),
            ["optimizer_steps"] = Text(optimizer.Steps),
            ["run"] = JsonSerializer.Serialize(identity.Values, CheckpointJson.Default.IReadOnlyDictionaryStringString),
        };
        if (open is not null)
            metadata[OpenFigures] = JsonSerializer.Serialize(
                open.ToDictionary(f => f.Key, f => f.Value.ToString("R", CultureInfo.InvariantCulture)), CheckpointJson.Default.DictionaryStringString);
        SafetensorsWriter.WriteSealed(path, tensors, metadata);
    }

    /// <summary>Bytes of a checkpoint without header and states of parts.</summary>
    public static long BytesOf(IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer)
    {
        using var scope = NewDisposeScope();
        return Tensors(parameters, optimizer).Sum(t => t.Value.NumberOfElements * SafetensorsDataType.BytesOf(t.Value.dtype));
    }

    /// <summary>Restores parameters, moments and state. Everything is checked before anything is written.</summary>
    /// <param name="path">The file of the checkpoint.</param>
    /// <param name="parameters">Filled.</param>
    /// <param name="optimizer">Filled.</param>
    /// <param name="identity">The run that wants to go on; the states of its parts are restored.</param>
    /// <param name="options">The options of the run.</param>
    /// <exception cref="CheckpointException">The checkpoint is damaged, or belongs to another run or another model.</exception>
    public static TrainingState Load(
        string path, IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer, RunIdentity identity, TrainerOptions options)
    {
        SafetensorsSeal.Verify(path);
        using var scope = NewDisposeScope();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Metadata.GetValueOrDefault("format") is var format && format != Format)
            throw Foreign(
                path, null,
                $"it has the format '{Excerpt.Of(format ?? "none", 100)}', this version reads '{Format}'. "
                + "Choose another checkpoint folder, or the version that wrote it.");
        List<string> differences = [.. identity.DifferencesFrom(Recorded(file, path), options.AllowedDifferences)];
        if (differences.Count > 0)
            throw Foreign(
                path, null,
                $"it belongs to a run with other settings: {string.Join("; ", differences.Take(MostNamed))}"
                + (differences.Count > MostNamed ? $", and {differences.Count - MostNamed} more" : string.Empty)
                + ". Choose another checkpoint folder, or the settings of that run.");
        List<KeyValuePair<string, Tensor>> wanted = Tensors(parameters, optimizer);
        foreach ((string name, Tensor destination) in wanted) RequireTensor(file, name, destination);
        Dictionary<string, IRunState> parts = States(file, identity, options.AllowedDifferences);
        HashSet<string> known = [.. wanted.Select(w => w.Key), .. parts.Keys.Select(name => StatePrefix + name)];
        foreach (string unknown in file.Entries.Keys.Where(name => !known.Contains(name)))
        {
            bool isState = unknown.StartsWith(StatePrefix, StringComparison.Ordinal);
            if (isState && RunIdentity.IsAllowed(unknown[StatePrefix.Length..], options.AllowedDifferences)) continue;
            throw Foreign(
                path, unknown,
                isState
                    ? $"it is the state of a part that the run does not have any more. Give the run the part again, or {Allow(unknown)}."
                    : "the model has no such tensor, so the checkpoint belongs to another one. Choose another checkpoint folder.");
        }

        TrainingState state = new(
            (int)Number(file, "step", int.MaxValue), Number(file, "position"), Number(file, "updates"), Number(file, "tokens"))
        {
            NonFiniteUpdates = (int)Number(file, "non_finite_updates", int.MaxValue),
            OpenFigures = file.Metadata.ContainsKey(OpenFigures) ? Figures(file, path) : null,
        };
        long steps = Number(file, "optimizer_steps", state.Updates);
        if (state.Step > options.Steps)
            throw Foreign(
                path, null,
                $"it is the checkpoint of step {state.Step}, but the run has {options.Steps} steps. Raise the number of steps, or choose another folder.");
        foreach ((string name, _) in wanted)
        {
            using Tensor stored = file.Read(name);
            if (!IsFinite(stored)) throw new CheckpointException(path, name, "it holds numbers that are not finite; no run can go on from them.");
        }

        foreach ((string name, IRunState part) in parts)
        {
            using Tensor bytes = file.Read(StatePrefix + name);
            try
            {
                part.LoadState(bytes.data<byte>().ToArray());
            }
            catch (FormatException e)
            {
                throw new CheckpointException(path, StatePrefix + name, $"{part.GetType().Name} does not accept the state it is given: {e.Message}", e);
            }
        }

        using var noGrad = no_grad();
        foreach ((string name, Tensor destination) in wanted) file.ReadInto(name, destination);
        optimizer.Resume(steps);
        return state;
    }

    private static CheckpointException Foreign(string path, string? tensor, string problem) => new(path, tensor, problem) { BelongsToAnotherRun = true };

    /// <summary>The parts of the run whose states the checkpoint holds: all of them, unless some may be missing.</summary>
    private static Dictionary<string, IRunState> States(SafetensorsFile file, RunIdentity identity, IReadOnlyList<string> allowed)
    {
        Dictionary<string, IRunState> parts = new(StringComparer.Ordinal);
        foreach ((string name, IRunState part) in identity.States)
        {
            if (file.Entries.TryGetValue(StatePrefix + name, out SafetensorsEntry? entry) && entry.DataType == ScalarType.Byte && entry.Shape.Count == 1)
                parts[name] = part;
            else if (entry is not null || !RunIdentity.IsAllowed(name, allowed))
                throw Foreign(
                    file.Path, StatePrefix + name,
                    "the checkpoint does not hold the state of this part as a list of bytes. Choose another checkpoint folder, leave the part out, or "
                    + $"{Allow(StatePrefix + name)}: the part then begins anew.");
        }

        return parts;
    }

    private static string Allow(string state)
        => $"name '{Excerpt.Of(state[StatePrefix.Length..], 200)}' in {nameof(TrainerOptions)}.{nameof(TrainerOptions.AllowedDifferences)}";

    private static List<KeyValuePair<string, Tensor>> Tensors(IReadOnlyDictionary<string, Tensor> parameters, AdamW optimizer) =>
    [
        .. parameters.Select(p => KeyValuePair.Create(PolicyPrefix + p.Key, p.Value)),
        .. optimizer.State.Select(p => KeyValuePair.Create(OptimizerPrefix + p.Key, p.Value)),
    ];

    private static bool IsFinite(Tensor tensor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        // In slices, so that a large tensor is not copied as a whole.
        return TensorSlices.Of(tensor).All(slice => !slice.is_floating_point() || slice.isfinite().all().item<bool>());
    }

    private static void RequireTensor(SafetensorsFile file, string name, Tensor destination)
    {
        if (!file.Entries.TryGetValue(name, out SafetensorsEntry? entry))
            throw Foreign(
                file.Path, name, "the checkpoint has no such tensor, so it belongs to another model. Choose another checkpoint folder.");
        if (entry.Shape.SequenceEqual(destination.shape)) return;
        throw Foreign(
            file.Path, name,
            $"it has shape [{string.Join(", ", entry.Shape)}], but the model's is [{string.Join(", ", destination.shape)}]. Choose another checkpoint folder.");
    }

    private static Dictionary<string, string> Recorded(SafetensorsFile file, string path) => Strings(file, path, "run", "which run it belongs to");

    private static Dictionary<string, double> Figures(SafetensorsFile file, string path)
    {
        Dictionary<string, double> figures = new(StringComparer.Ordinal);
        foreach ((string name, string text) in Strings(file, path, OpenFigures, "which figures its step has"))
        {
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                throw new CheckpointException(
                    path, null, $"its metadata has the figure '{Excerpt.Of(name)}' = '{Excerpt.Of(text, 100)}'; a number is expected. The file is damaged.");
            figures[name] = value;
        }

        return figures;
    }

    private static Dictionary<string, string> Strings(SafetensorsFile file, string path, string key, string says)
    {
        string text = file.Metadata.GetValueOrDefault(key) ?? "none recorded";
        try
        {
            return JsonSerializer.Deserialize(text, CheckpointJson.Default.DictionaryStringString) ?? throw new JsonException("The value is null.");
        }
        catch (JsonException e)
        {
            throw new CheckpointException(
                path, null, $"its metadata does not say {says} ('{Excerpt.Of(text, 100)}'): {e.Message} Choose another checkpoint folder.", e);
        }
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static long Number(SafetensorsFile file, string key, long largest = LargestCount)
        => long.TryParse(file.Metadata.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= largest
            ? value
            : throw new CheckpointException(
                file.Path, null,
                $"its metadata has '{key}' = '{Excerpt.Of(file.Metadata.GetValueOrDefault(key) ?? "none", 100)}'; a whole number up to {largest} is expected. "
                + "The file is damaged or of another kind.");
}

[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
