using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>
/// A <c>config.json</c> together with what was read from it: both spellings of Hugging Face are understood (4.x <c>rope_theta</c>, <c>rope_scaling</c>,
/// <c>torch_dtype</c>; 5.x <c>rope_parameters</c>, <c>dtype</c>), and writing keeps the spelling that was read and every key this library does not know.
/// </summary>
public sealed class ModelConfigFile
{
    /// <summary>Name of the file in a model folder.</summary>
    public const string FileName = "config.json";

    private readonly JsonObject _json;
    private readonly bool _hasPythonNumbers;

    private ModelConfigFile(ModelConfig config, JsonObject json, bool hasPythonNumbers = false)
    {
        Config = config;
        _json = json;
        _hasPythonNumbers = hasPythonNumbers;
    }

    /// <summary>What the file says of the model.</summary>
    public ModelConfig Config { get; }

    /// <summary>
    /// Reads the configuration of a model folder; the stop tokens are those of <c>generation_config.json</c>, where there is one, and of <c>config.json</c>.
    /// </summary>
    /// <param name="folder">A folder in the Hugging Face layout.</param>
    /// <exception cref="CheckpointException">A file is missing or no JSON object.</exception>
    /// <exception cref="ModelConfigException">A value is missing, malformed or not supported.</exception>
    public static ModelConfigFile Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, FileName);
        if (!Path.Exists(path))
            throw new CheckpointException(
                path, null, "the file does not exist; give a folder in the Hugging Face layout, with config.json and model.safetensors.");
        ModelConfigFile file = Parse(RegularFile.Read(path, FileLimits.ConfigBytes, Fault(path)), path);
        string generation = Path.Combine(folder, "generation_config.json");
        if (!Path.Exists(generation)) return file;
        ReadOnlyMemory<byte> text = PythonNumbers.Quoted(RegularFile.Read(generation, FileLimits.ConfigBytes, Fault(generation)), out _);
        using JsonDocument document = UntrustedJson.ParseObject(text, Fault(generation));
        IReadOnlyList<int> stops = ModelConfigJson.Fields(document.RootElement, generation).TokenIds("eos_token_id");
        if (stops.Count == 0) return file;
        ModelConfig config = file.Config with { StopTokenIds = [.. stops.Union(file.Config.StopTokenIds)] };
        config.Validate(generation);
        return new ModelConfigFile(config, file._json, file._hasPythonNumbers);
    }

    /// <summary>Reads a configuration from JSON text.</summary>
    /// <param name="json">The content of a <c>config.json</c>.</param>
    /// <param name="source">What messages start with.</param>
    /// <exception cref="CheckpointException">The text is no JSON object.</exception>
    /// <exception cref="ModelConfigException">A value is missing, malformed or not supported.</exception>
    public static ModelConfigFile Parse(string json, string source = FileName) => Parse(Encoding.UTF8.GetBytes(json), source);

    /// <summary>Makes the file of a configuration written in code, in the 4.x spelling.</summary>
    /// <param name="config">A valid configuration.</param>
    public static ModelConfigFile From(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        return new ModelConfigFile(config, ModelConfigJson.Write(config));
    }

    /// <summary>The content of the file: the keys that were read, known or not, in their order.</summary>
    /// <param name="dataType">Element type of the weights that are stored beside it.</param>
    public string ToJson(ScalarType dataType)
    {
        JsonObject json = (JsonObject)_json.DeepClone();
        string key = json.ContainsKey("dtype") ? "dtype" : "torch_dtype";
        if (json[key] is not null || dataType != ScalarType.Float32) json[key] = ModelConfigJson.NameOf(dataType);
        string text = json.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        return _hasPythonNumbers ? PythonNumbers.Unquoted(text) : text;
    }

    private static ModelConfigFile Parse(ReadOnlyMemory<byte> json, string source)
    {
        using JsonDocument document = UntrustedJson.ParseObject(PythonNumbers.Quoted(json, out bool hasPythonNumbers), Fault(source));
        ModelConfig config = ModelConfigJson.Read(document.RootElement, source);
        config.Validate(source);
        return new ModelConfigFile(config, JsonObject.Create(document.RootElement.Clone())!, hasPythonNumbers);
    }

    private static FileFault Fault(string source) => (problem, inner) => new CheckpointException(source, null, problem, inner);
}
