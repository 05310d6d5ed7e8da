// The study that decides what of meta-experience works: every run of docs/study.md, made again from nothing or from where it was stopped.
//
//   dotnet run -c Release --project samples/Study                                        all runs that have no row yet, two at a time
//   dotnet run -c Release --project samples/Study -- --only grpo,memory,standard --seeds 101-103 --budget 20
//   dotnet run -c Release --project samples/Study -- cost                                processor seconds per step of every arm; wants a quiet machine
//   dotnet run -c Release --project samples/Study -- report                              docs/study.md and its pictures from the rows
//
// Ctrl-C stops; the same command goes on. Rows lie in docs/study, models in runs/study.

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Samples.Study;

CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
RootCommand root = RunCommand.Create();
foreach (Command command in (Command[])[CostCommand.Create(), ReportCommand.Create(), OneCommand.Create(), WarmStartCommand.Create()]) root.Add(command);
ParseResult parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("--help shows what there is.");
    return 2;
}

using StopSignals stop = new(_ => Console.Error.WriteLine("Stopping ..."));
try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped. The same command goes on with the runs that have no row.");
    return 130;
}
catch (Exception e)
{
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
