using System.CommandLine;
using Mel.Runtime;

namespace Mel.Samples.Evaluate;

/// <summary>Prints the table of records that were written before.</summary>
internal static class TableCommand
{
    public static Command Create()
    {
        Argument<string[]> files = new Argument<string[]>("records")
        {
            Description = "Records files, each named after its set, in a folder named after the model.", Arity = ArgumentArity.OneOrMore,
        }.Exists();
        Command command = new("table", "Prints a table of records: a row per model, three columns per set.") { files };
        command.SetAction(parsed => ResultTable.Write(Terminal.Open(), [.. parsed.GetValue(files)!.Select(TableEntry.Load)]));
        return command;
    }
}
