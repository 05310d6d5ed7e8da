using System.CommandLine;

namespace Mel.Samples.Study;

/// <summary>One run in this process; prints its row. Hidden: the study starts such processes itself.</summary>
internal static class OneCommand
{
    public static Command Create()
    {
        Option<string> part = new("--part") { Required = true }, arm = new("--arm") { Required = true }, world = new("--world") { Required = true };
        Option<ulong> seed = new("--seed") { Required = true };
        Option<int> steps = new("--steps") { Required = true };
        Option<string> cache = Folders.Cache();
        Command command = new("one", "One run; prints its row.") { part, arm, world, seed, steps, cache };
        command.Hidden = true;
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using CancellationTokenSource source = StudyChild.WithParent(cancellationToken);
            StudyWorld place = StudyWorld.Named(parsed.GetValue(world)!);
            StudyJob job = new(parsed.GetValue(part)!, Plan.Arms[parsed.GetValue(arm)!], place, parsed.GetValue(seed), parsed.GetValue(steps));
            StartingWeights start = new(StartingWeights.FolderOf(place, parsed.GetValue(cache)!));
            RunRow row = await new StudyRun(job, start).RunAsync(evaluates: true, source.Token);
            Console.Out.Write(row.ToLine());
        });
        return command;
    }
}
