namespace Mel.Architecture.Tests;

/// <summary>
/// The rooms of every package, in the order in which they may know each other: a room knows only those before it. docs/concepts.md has the same list with a
/// line on each.
/// </summary>
internal static class House
{
    public static readonly Package Core = new("Mel.Core", "Mel",
    [
        "Runtime", "Diagnostics", "Prompts", "Rollouts", "Verification", "Rewards", "Evaluation", "Experiences", "Advantages", "Losses", "Head", "Objectives",
        "Checkpoints", "Memory", "Algorithms", "Training", "Services", "DependencyInjection",
    ]);

    public static readonly Package Transformers = new("Mel.Transformers", "Mel.Transformers",
    [
        "Runtime", "Expressions", "Tokenization", "Python", "Templates", "Chat", "Packing", "Kernels", "Adapters", "Models", "Sampling", "Estimation",
        Package.Front,
    ]);

    public static readonly Package Verifiers = new("Mel.Verifiers", "Mel.Verifiers",
    [
        "Runtime", "Rules", "Numbers", "Units", "Syntax", "Parsing", "Evaluation", "Equivalence", "Extraction", Package.Front,
    ]);

    public static readonly Package Console = new("Mel.Console", "Mel.Terminal", [Package.Front]);

    public static readonly Package Data = new("Mel.Data", "Mel.Data", ["Runtime", "Files", "Folders", "Layouts", "Checks", Package.Front]);

    public static readonly Package Report = new("Mel.Report", "Mel.Report", ["Runtime", Package.Front]);

    public static readonly Package Tool = new("Mel.Tool", "Mel.Tool", ["Runtime", "Runs", "Commands", Package.Front]);

    public static readonly IReadOnlyList<Package> Packages = [Core, Transformers, Verifiers, Console, Data, Report, Tool];
}
