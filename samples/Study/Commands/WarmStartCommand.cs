using System.CommandLine;

namespace Mel.Samples.Study;

/// <summary>Makes the model of a world in this process. Hidden: the study starts such processes itself.</summary>
internal static class WarmStartCommand
{
    public static Command Create()
    {
        Option<string> world = new("--world") { Required = true }, cache = Folders.Cache();
        Command command = new("warm-start", "Makes the model of a world.") { world, cache };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CancellationTokenSource source = StudyChild.WithParent(cancellationToken);
            await StartingWeights.MakeAsync(StudyWorld.Named(parsed.GetValue(world)!), parsed.GetValue(cache)!, source.Token);
        });
        return command;
    }
}
