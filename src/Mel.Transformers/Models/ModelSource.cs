using static TorchSharp.torch;

namespace Mel.Transformers.Models;

/// <summary>Where a model was read from: saving it again keeps the files beside the weights and the element type of every tensor.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="StoredTypes">Element type of every tensor in the files.</param>
internal sealed record ModelSource(string Folder, IReadOnlyDictionary<string, ScalarType> StoredTypes);
