using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.Study;

/// <summary>Makes the runs that have no row yet: what the program does where no other command is given.</summary>
internal static class RunCommand
{
    public static RootCommand Create()
    {
        Option<string> only = new("--only")
        {
            Description = "Arms, worlds and parts, separated by commas: only runs of these.", DefaultValueFactory = _ => "",
        };
        Option<string> seeds = new("--seeds") { Description = "Seeds, for instance 101-103,105: only runs of these.", DefaultValueFactory = _ => "" };
        Option<int> steps = new Option<int>("--steps") { Description = "Steps of each run; 0 takes those of the plan." }.AtLeast(0);
        Option<double> budget = new Option<double>("--budget") { Description = "Minutes after which no run is begun; 0 for no end." }.AtLeast(0);
        Option<int> parallel = new Option<int>("--parallel")
        {
            Description = "Runs side by side, a thread each.", DefaultValueFactory = _ => Environment.ProcessorCount,
        }.AtLeast(1);
        Option<string> rows = Folders.Rows(), cache = Folders.Cache();
        RootCommand command = new("Makes the runs of the study that have no row yet.") { only, seeds, steps, budget, parallel, rows, cache };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            StudyJob[] jobs = JobSelection.Of(Plan.Jobs(), parsed.GetValue(only)!, parsed.GetValue(seeds)!, parsed.GetValue(steps));
            double minutes = parsed.GetValue(budget);
            RunSettings settings = new(
                parsed.GetValue(rows)!, Path.GetFullPath(parsed.GetValue(cache)!), parsed.GetValue(parallel),
                minutes > 0 ? TimeSpan.FromMinutes(minutes) : TimeSpan.MaxValue);
            using FileStream held = Hold(settings.OutputFolder);
            return await new Scheduler(jobs, new RowFiles(settings.OutputFolder), settings, Console.Out).RunAsync(cancellationToken) == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Two studies that wrote the same rows would make every run twice.</summary>
    private static FileStream Hold(string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            return new FileStream(
                Path.Combine(folder, ".running"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (IOException e)
        {
            throw new IOException($"Another study writes its rows to '{folder}'. Wait for it, or give another folder with --out.", e);
        }
    }
}
