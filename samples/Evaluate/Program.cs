// Evaluation: Pass@1 at temperature 0, Avg@k and Pass@k at 0.6, with intervals, in the form of the paper's Table 1.
//
//   dotnet run -c Release --project samples/Evaluate -- run --data <file.jsonl> --model <Hugging Face folder>
//   dotnet run -c Release --project samples/Evaluate -- run                                                       (the built-in model, held-out questions)
//   dotnet run -c Release --project samples/Evaluate -- table <records.jsonl> ...
//   dotnet run -c Release --project samples/Evaluate -- compare <first.jsonl> <second.jsonl>
//
// Every attempt is written to a records file. Ctrl-C stops; the same command goes on where it stopped. docs/evaluation.md has the formulas and an output.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Samples.Evaluate;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RootCommand root = new("Evaluates language models on questions with verifiable answers.")
{
    RunCommand.Create(), TableCommand.Create(), CompareCommand.Create(),
};
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("--help shows what there is.");
    return 2;
}

using StopSignals stop = new(_ => Console.Error.WriteLine("Stopping ... (Ctrl-C again leaves at once)"));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. The same command goes on behind what was recorded.");
    return 130;
}
catch (Exception e)
{
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
