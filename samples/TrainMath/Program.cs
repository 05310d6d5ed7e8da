// Meta-Experience Learning on real files: a Hugging Face checkpoint, a problem set, the model's own tokenizer and chat template, the paper's prompts.
//
//   dotnet run -c Release --project samples/TrainMath -- --model <folder> --data <file or folder> --steps <n> [--eval <file>] [--out <folder>]
//   dotnet run -c Release --project samples/TrainMath -- --from <run>/run.json [--out <run>]
//   dotnet run -c Release --project samples/TrainMath -- --help
//
// It says what memory it will take before it begins. Ctrl-C, SIGTERM and a closed terminal stop it at a step boundary; the same --out goes on there. The
// trained model is written to <out>/model, adapters beside it to <out>/adapter, the configuration to <out>/run.json.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Mel.Diagnostics;
using Mel.Runtime;
using Mel.Samples.TrainMath;
using Mel.Terminal;
using Microsoft.Extensions.Options;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using RunBoard board = new();
using StopSignals stop = new(_ => board.WriteLine("Stopping at the step boundary ... (Ctrl-C again leaves at once, with what the last checkpoint has)"));
string folder = string.Empty;
try
{
    ParseResult parsed = new TrainCommand((settings, output, token) => TrainRun.RunAsync(settings, folder = output, board, token)).Parse(args);
    if (parsed.Errors.Count > 0)
    {
        foreach (ParseError error in parsed.Errors) Console.Error.WriteLine(error.Message);
        Console.Error.WriteLine("--help shows what there is.");
        return 2;
    }

    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop.Token);
}
catch (OperationCanceledException)
{
    string configuration = Path.Combine(folder, RunSettings.FileName);
    Console.WriteLine(File.Exists(configuration) ? $"Stopped. --from {configuration} --out {folder} goes on from there." : "Stopped before the run began.");
    return 130;
}
catch (Exception e) when (e is WrongOptionException or OptionsValidationException)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
catch (Exception e)
{
    Console.Error.WriteLine(RunFailure.Of(e) is { } where ? $"{where} {e.Message}" : e.Message);
    return 1;
}
