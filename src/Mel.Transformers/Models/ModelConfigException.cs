namespace Mel.Transformers.Models;

/// <summary>A model configuration is missing, malformed, contradicts itself or asks for something this library does not build.</summary>
public sealed class ModelConfigException : NotSupportedException
{
    /// <summary>Creates the exception; the message starts with the file and the key.</summary>
    /// <param name="source">Path of the configuration file, or a word for what was configured in code.</param>
    /// <param name="key">The key at fault, or null when the fault concerns the whole file.</param>
    /// <param name="problem">What was given, what is expected and what to do.</param>
    /// <param name="innerException">The error behind this one.</param>
    public ModelConfigException(string source, string? key, string problem, Exception? innerException = null)
        : base(key is null ? $"{source}: {problem}" : $"{source}, '{key}': {problem}", innerException)
    {
        Key = key;
    }

    /// <summary>The key at fault, or null when the fault concerns the whole file.</summary>
    public string? Key { get; }
}
