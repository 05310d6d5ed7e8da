using Mel.Runtime;

namespace Mel.Checkpoints;

/// <summary>
/// A file of a checkpoint is missing, damaged or does not belong to what it is read into. The message names the file and, where there is one, the tensor.
/// </summary>
public sealed class CheckpointException : IOException
{
    /// <summary>Creates the exception; the message starts with the file and the tensor.</summary>
    /// <param name="file">Path of the file at fault.</param>
    /// <param name="tensor">Name of the tensor at fault, or null when the fault concerns the whole file.</param>
    /// <param name="problem">What was given, what is expected and what to do.</param>
    /// <param name="innerException">The error behind this one.</param>
    public CheckpointException(string file, string? tensor, string problem, Exception? innerException = null)
        : base(Excerpt.Message(tensor is null ? $"{file}: {problem}" : $"{file}, tensor {Excerpt.Quoted(tensor, 200)}: {problem}"), innerException)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>Path of the file at fault.</summary>
    public string File { get; }

    /// <summary>Name of the tensor at fault, or null when the fault concerns the whole file.</summary>
    public string? Tensor { get; }

    /// <summary>Whether the file is sound and only belongs to something else: then an older copy of it would be no better.</summary>
    internal bool BelongsToAnotherRun { get; init; }
}
