// Trains the built-in model three ways from the same start: GRPO, GRPO with the meta-experiences of Eq. 7, and GRPO with their heuristics alone; each way
// with several seeds. Shows progress, some of the meta-experiences the model wrote, what came of it, and whether that is more than noise.
//
//   dotnet run -c Release --project samples/QuickStart [-- --steps 30 --seeds 3 --seed 1 --out runs/quickstart]

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Samples.QuickStart;
using Mel.Terminal;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
RunBoard board = new(options: new RunBoardOptions { StepsPerLine = 10 });
ParseResult parsed = Settings.Command((settings, token) => Comparison.RunAsync(settings, board, token)).Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("--help shows what there is.");
    return 2;
}

using StopSignals stop = new(_ => board.WriteLine("Stopping ... (Ctrl-C again leaves at once)"));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException)
{
    board.Dispose();
    Console.WriteLine("Stopped. Nothing is lost but the runs of this sample: they are short and start over.");
    return 130;
}
catch (Exception e)
{
    board.Dispose();
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
finally
{
    board.Dispose();
}
