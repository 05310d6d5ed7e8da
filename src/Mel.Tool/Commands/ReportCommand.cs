using System.CommandLine;
using Mel.Report;
using Mel.Runtime;
using Mel.Tool.Runs;

namespace Mel.Tool.Commands;

/// <summary>Makes the page of a run and its pictures, from the files the run has written so far.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Argument<string[]> runs = new Argument<string[]>("run")
        {
            Description = "Folders of runs, or folders that hold some.", Arity = ArgumentArity.OneOrMore,
        }.Exists();
        Option<string?> output = new("--out")
        {
            Description = "Where page and pictures go: into this folder for one run, into a folder below it for each of several. [default: each run's own]",
        };
        PictureOptions pictures = new();
        Command command = new("report", "Makes the HTML page and the pictures of runs, which may still be going on.") { runs, output };
        pictures.AddTo(command);
        command.SetAction(parsed => Write(
            RunFolder.FindAll(parsed.GetValue(runs)!), parsed.GetValue(output), pictures.Figures(parsed), pictures.Look(parsed)));
        return command;
    }

    /// <summary>One run whose files are damaged does not keep the others from their pages.</summary>
    private static int Write(IReadOnlyList<RunFolder> runs, string? output, IReadOnlyList<string> asked, ChartOptions look)
    {
        int code = 0;
        foreach (RunFolder run in runs)
        {
            try
            {
                string folder = output is null ? run.Path : runs.Count == 1 ? output : Path.Combine(output, run.Name);
                Console.WriteLine(Write(run, folder, asked, look));
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException)
            {
                Console.Error.WriteLine(e.Message);
                code = 1;
            }
        }

        return code;
    }

    private static string Write(RunFolder run, string folder, IReadOnlyList<string> asked, ChartOptions look)
    {
        RunFigures figures = RunFigures.Load(run.Path, run.Name);
        IReadOnlyList<string> drawn = asked.Count > 0 ? asked : figures.Main;
        foreach (string figure in drawn) Pictures.Curves(Path.Combine(folder, Pictures.Folder), figure, [RunGroup.Of(figures)], look);
        Directory.CreateDirectory(folder);
        string page = RunPage.Write(run.Path, Path.Combine(folder, "report.html"), run.Name);
        string steps = figures.Steps.Count == 0 ? "no step yet" : $"step {figures.Steps[^1]}";
        return $"{run.Name}, {steps}: {page}, and {Pictures.Count(drawn.Count)} in {Path.Combine(folder, Pictures.Folder)}";
    }
}
