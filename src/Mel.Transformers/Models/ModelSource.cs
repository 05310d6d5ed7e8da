using Mel.Checkpoints;

namespace Mel.Transformers.Models;

/// <summary>Where a model was read from: saving it again keeps the files beside the weights and the element type of every tensor.</summary>
internal sealed class ModelSource
{
    private readonly string[] _kept;

    public ModelSource(string folder, FoundWeights weights)
    {
        (Folder, Weights) = (folder, weights);
        _kept = [.. ModelFolder.KeptFiles.Where(name => File.Exists(Path.Combine(folder, name)))];
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The tensors that were read.</summary>
    public FoundWeights Weights { get; }

    /// <summary>Throws where a file is gone that belongs beside the weights: without it they would not open again.</summary>
    public void Require()
    {
        if (_kept.FirstOrDefault(name => !File.Exists(Path.Combine(Folder, name))) is not { } gone) return;
        throw new CheckpointException(Path.Combine(Folder, gone), null, "the file was there when the model was read and belongs beside the weights that are " +
            "to be saved, but is there no more; put the folder back. Nothing was written.");
    }
}
