using System.CommandLine;
using Mel.Report;
using Mel.Runtime;
using Mel.Tool.Runs;
using Spectre.Console;

namespace Mel.Tool.Commands;

/// <summary>Compares kinds of runs over their seeds, or two evaluations question by question.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Argument<string[]> paths = new Argument<string[]>("what")
        {
            Description = "Folders of runs, those of one kind with several seeds side by side in a folder; or two records files of an evaluation.",
            Arity = ArgumentArity.OneOrMore,
        }.Exists();
        Option<string?> output = new("--out") { Description = "A folder for pictures." };
        Option<ulong> seed = new("--seed") { Description = "Seed of the resamples of two records files.", DefaultValueFactory = _ => 0UL };
        PictureOptions pictures = new();
        Command command = new("compare", "Compares runs over their seeds, or two evaluations question by question.") { paths, output, seed };
        pictures.AddTo(command);
        paths.Validators.Add(result =>
        {
            string[] given = [.. result.Tokens.Select(t => t.Value).Where(Path.Exists)];
            int files = given.Count(IsRecords);
            if (files > 0 && (files != 2 || given.Length != 2))
                result.AddError($"what is {given.Length - files} runs and {files} records files, expected folders of runs only, or two records files.");
        });
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(paths)!;
            if (IsRecords(given[0])) Records(given, parsed.GetValue(seed), parsed.GetValue(output), pictures.Look(parsed));
            else new RunComparison(given).Write(Open(), pictures.Figures(parsed), parsed.GetValue(output), pictures.Look(parsed));
        });
        return command;
    }

    private static bool IsRecords(string path) => File.Exists(path) && Path.GetFileName(path) != RunFigures.FileName;

    private static void Records(string[] paths, ulong seed, string? output, ChartOptions look)
    {
        RecordsComparison comparison = RecordsComparison.Load(paths[0], paths[1]);
        comparison.Write(Open(), seed);
        if (output is null) return;
        Pictures.Bars(output, "evaluation", [(NameOf(paths[0]), comparison.First), (NameOf(paths[1]), comparison.Second)], look);
        Console.WriteLine($"Pictures: {output}");
    }

    // A records file is named after its set, in a folder named after the model.
    private static string NameOf(string path) => Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path))!);

    private static IAnsiConsole Open() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
}
