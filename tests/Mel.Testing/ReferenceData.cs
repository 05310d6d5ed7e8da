namespace Mel.Testing;

/// <summary>
/// The folder of reference data of this run, named by <c>MEL_REFERENCE_DATA</c>, or else the folder <c>shared</c> beside the checkout. A test that needs it
/// asks here: without the folder the test is ignored, without the part it asks for it fails. Such a test is also marked
/// <c>[Category(ReferenceData.Category)]</c>.
/// </summary>
public static class ReferenceData
{
    /// <summary>Test category of everything that reads reference data.</summary>
    public const string Category = "Reference";

    private static readonly ReferenceFolder Folder = new(Environment.GetEnvironmentVariable(ReferenceFolder.Variable), AppContext.BaseDirectory);

    /// <inheritdoc cref="ReferenceFolder.Require"/>
    public static string Require(params string[] parts) => Folder.Require(parts);

    /// <inheritdoc cref="ReferenceFolder.Files"/>
    public static IReadOnlyList<string> Files(string folder, string pattern) => Folder.Files(folder, pattern);

    /// <inheritdoc cref="ReferenceFolder.Folders"/>
    public static IReadOnlyList<string> Folders(string folder) => Folder.Folders(folder);
}
