// Meta-Experience Learning on real files: a Hugging Face checkpoint, a problem set, the model's own tokenizer and chat template, the paper's prompts.
//
//   dotnet run -c Release --project samples/TrainMath -- --model <folder> --data <file or folder> --steps <n> [--eval <file>] [--out <folder>]
//   dotnet run -c Release --project samples/TrainMath -- --from <run>/run.json [--out <run>]
//   dotnet run -c Release --project samples/TrainMath -- --help
//
// Every option may stand in appsettings.json beside the program or in the working directory ({ "TrainMath": { "LearningRate": 1e-6 } }), and in the
// environment (MEL_TRAINMATH__LEARNINGRATE): each over the one before, and the command line over all. It says what memory it will take before it begins.
// Ctrl-C, SIGTERM and a closed terminal stop it at a step boundary; the same --out goes on there. The trained model is written to <out>/model, adapters
// beside it to <out>/adapter, the configuration to <out>/run.json.
using System.Globalization;
using Mel.Runtime;
using Mel.Samples.TrainMath;
using Mel.Terminal;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using RunBoard board = new();
string folder = string.Empty;
TrainCommand command = new((settings, token) => TrainRun.RunAsync(settings, folder = settings.Folder(DateTime.Now), board, token));
LayeredCommandLine line = command.Parse(args);
return await new CommandLineProgram
{
    OnStopping = () => board.WriteLine("Stopping at the step boundary ... (Ctrl-C again leaves at once, with what the last checkpoint has)"),
    OnStopped = () =>
    {
        string configuration = Path.Combine(folder, LayeredCommandLine.RunFile);
        Console.WriteLine(File.Exists(configuration) ? $"Stopped. --from {configuration} --out {folder} goes on from there." : "Stopped before the run began.");
    },
    Close = board.Dispose,
}.RunAsync(line.Result, line.Problems);
