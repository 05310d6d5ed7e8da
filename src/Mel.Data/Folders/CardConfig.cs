namespace Mel.Data.Folders;

/// <summary>An entry of <c>configs:</c> in a data set's card.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDefault">Whether the card says that it is taken where none is named.</param>
/// <param name="Folder">The folder that its files are in; empty for the folder of the card.</param>
/// <param name="Splits">The splits in the order of the card, each with its patterns; empty where the card leaves them to the names of the files.</param>
internal sealed record CardConfig(string Name, bool IsDefault, string Folder, IReadOnlyList<(string Split, IReadOnlyList<string> Patterns)> Splits);
