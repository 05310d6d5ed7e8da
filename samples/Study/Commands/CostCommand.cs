using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.Study;

/// <summary>
/// Measures what a step of each arm costs: all arms in turn, alone and in one process, by processor seconds. Rounds have seeds of their own, so that a
/// disturbance hits all arms alike.
/// </summary>
internal static class CostCommand
{
    public const string Part = "cost";

    /// <summary>Seeds of the rounds.</summary>
    public static readonly IReadOnlyList<ulong> Seeds = [201, 202, 203, 204];

    private const int WarmupSteps = 5;

    /// <summary>The arms that are measured: the main ones and those over other algorithms.</summary>
    public static readonly IReadOnlyList<Arm> Arms = [.. ArmList.Main, .. ArmList.Bases];

    public static Command Create()
    {
        Option<int> rounds = new Option<int>("--rounds") { Description = "Rounds, each a run of every arm, 1 to 4.", DefaultValueFactory = _ => 2 }
            .AtLeast(1).AtMost(4);
        Option<int> steps = new Option<int>("--steps") { Description = "Steps of each run.", DefaultValueFactory = _ => Plan.Steps }.AtLeast(1);
        Option<string> rows = Folders.Rows();
        Command command = new("cost", "Measures processor seconds per step of every arm, each alone; wants a quiet machine.") { rounds, steps, rows };
        command.SetAction((parsed, cancellationToken) => MeasureAsync(
            new RowFiles(parsed.GetValue(rows)!), parsed.GetValue(rounds), parsed.GetValue(steps), cancellationToken));
        return command;
    }

    private static async Task MeasureAsync(RowFiles files, int rounds, int steps, CancellationToken cancellationToken)
    {
        ComputeThreads.Set(1);
        StartingWeights start = new(StartingWeights.FolderOf(StudyWorld.Standard, ""));
        IReadOnlyList<RunRow> done = files.Read();
        StudyJob[] jobs = [.. from seed in Seeds.Take(rounds) from arm in Arms select new StudyJob(Part, arm, StudyWorld.Standard, seed, steps)];
        // What is compiled and loaded at first use is nobody's cost.
        foreach (Arm arm in Arms)
            await new StudyRun(new StudyJob(Part, arm, StudyWorld.Standard, Seeds[0], WarmupSteps), start).RunAsync(evaluates: false, cancellationToken);
        foreach (StudyJob job in jobs.Where(job => !done.Any(job.Is)))
        {
            RunRow row = await new StudyRun(job, start).RunAsync(evaluates: false, cancellationToken);
            files.Append(row);
            Console.WriteLine($"{DateTime.Now:HH:mm:ss}  {job}: {row.Seconds[^1] / job.Steps:0.000} s a step");
        }
    }
}
