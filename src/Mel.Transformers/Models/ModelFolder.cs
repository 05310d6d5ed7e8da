using System.Text;
using Mel.Checkpoints;
using Mel.Runtime;
using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Writes a model folder in the Hugging Face layout.</summary>
internal static class ModelFolder
{
    private const string Unfinished = ".tmp";

    /// <summary>What is kept of the folder that a model was read from, beside the weights.</summary>
    public static readonly string[] KeptFiles =
    [
        ModelConfigFile.FileName, "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.json", "merges.txt", "chat_template.jinja", "chat_template.json",
    ];

    public static SaveReport Save(string folder, DecoderModel model, ModelSource? source, ScalarType? dataType = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        source?.Require();
        SaveReport report = SaveReport.Of(model, source, name => TypeOf(name, model, source, dataType));
        Sweep(target);
        if (Directory.Exists(target))
        {
            if (File.Exists(Path.Combine(target, ModelWeights.IndexName)))
                throw new IOException($"{target} holds a sharded checkpoint ({ModelWeights.IndexName}), " +
                    "which one file of weights beside it would contradict; save to another folder.");
            Write(target, model, source, dataType);
            return report;
        }

        string temporary = $"{target}.{Guid.NewGuid():N}{Unfinished}";
        Directory.CreateDirectory(temporary);
        try
        {
            Write(temporary, model, source, dataType);
            Directory.Move(temporary, target);
            return report;
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static ScalarType TypeOf(string name, DecoderModel model, ModelSource? source, ScalarType? dataType)
        => dataType ?? source?.Weights.Tensors[name].DataType ?? model.DataType;

    /// <summary>
    /// Removes what a process left behind when it was killed while it wrote this very folder: <c>folder.guid.tmp</c> beside it, <c>file.guid.tmp</c> in it.
    /// Two processes that write one folder at once are a mistake, of which the later one wins.
    /// </summary>
    private static void Sweep(string target)
    {
        if (Path.GetDirectoryName(target) is { } parent && Directory.Exists(parent))
        {
            foreach (string left in Directory.EnumerateDirectories(parent, $"*{Unfinished}").Where(path => IsLeftOver(path, Path.GetFileName(target))))
                Directory.Delete(left, recursive: true);
        }

        foreach (string name in (string[])[.. KeptFiles, ModelWeights.FileName]) AtomicFile.Sweep(Path.Combine(target, name));
    }

    private static bool IsLeftOver(string path, string name)
        => Path.GetFileNameWithoutExtension(path) is var whole && whole.StartsWith(name + ".", StringComparison.Ordinal)
        && Guid.TryParseExact(whole.AsSpan(name.Length + 1), "N", out _);

    private static void Write(string folder, DecoderModel model, ModelSource? source, ScalarType? dataType)
    {
        bool isOther = source is null || dataType is not null;
        if (isOther)
        {
            ModelConfigFile config = source is null ? ModelConfigFile.From(model.Config) : ModelConfigFile.Load(source.Folder);
            string json = config.ToJson(dataType ?? model.DataType);
            AtomicFile.Write(Path.Combine(folder, ModelConfigFile.FileName), stream => stream.Write(Encoding.UTF8.GetBytes(json)));
        }

        if (source is not null && !string.Equals(Path.GetFullPath(source.Folder), folder, StringComparison.Ordinal))
        {
            foreach (string name in KeptFiles.Where(name => !isOther || name != ModelConfigFile.FileName))
            {
                string from = Path.Combine(source.Folder, name);
                if (!File.Exists(from)) continue;
                AtomicFile.Write(Path.Combine(folder, name), stream =>
                {
                    using FileStream input = RegularFile.Open(from, (problem, inner) => new CheckpointException(from, null, problem, inner));
                    input.CopyTo(stream);
                });
            }
        }

        ModelWeights.Write(folder, model.Weights, name => TypeOf(name, model, source, dataType));
    }
}
