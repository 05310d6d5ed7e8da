using Mel.Runtime;
using Mel.Training;

namespace Mel.Samples.TrainMath;

/// <summary>Lays the configuration beside a run once it is known to begin or to go on, and says which of the two it does.</summary>
internal sealed class RunBeginning(RunSettings settings, string folder, Action<string> say) : IRunService
{
    public async ValueTask StartAsync(RunContext run, CancellationToken cancellationToken)
    {
        if (run.State.Step > 0) say($"Resuming from step {run.State.Step} of {run.Options.Steps}.");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, LayeredCommandLine.RunFile), new SettingsTable<RunSettings>().ToJson(settings), cancellationToken);
    }
}
