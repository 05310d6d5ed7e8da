using Mel.Runtime;
using Mel.Training;

namespace Mel.Services;

/// <summary>Where services keep checkpoints.</summary>
internal static class CheckpointFolders
{
    /// <summary>The folder of a service that keeps checkpoints beside those of the run.</summary>
    public static string Beside(RunContext run, string? given, string standard, string service)
    {
        string? own = run.Options.CheckpointFolder is { } set ? Path.GetFullPath(set) : null;
        string folder = Path.GetFullPath(given ?? (own is null
            ? throw new InvalidOperationException(
                $"{service} has no folder: set {service}Options.Folder, or {nameof(TrainerOptions)}.{nameof(TrainerOptions.CheckpointFolder)}.")
            : Path.Combine(own, standard)));
        return folder != own
            ? folder
            : throw new InvalidOperationException(
                $"{service} was given the checkpoint folder of the run, '{Excerpt.Of(folder, 200)}', whose checkpoints it would overwrite; give another one.");
    }
}
