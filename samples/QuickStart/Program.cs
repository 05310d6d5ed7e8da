// Trains the built-in model three ways from the same start: GRPO, GRPO with the meta-experiences of Eq. 7, and GRPO with their heuristics alone; each way
// with several seeds. Shows progress, some of the meta-experiences the model wrote, what came of it, and whether that is more than noise.
//
//   dotnet run -c Release --project samples/QuickStart [-- --steps 30 --seeds 3 --seed 1 --out runs/quickstart]
//   dotnet run -c Release --project samples/QuickStart -- --from runs/quickstart/run.json
//
// Every option may stand in appsettings.json beside the program or in the working directory ({ "QuickStart": { "Steps": 60 } }), and in the environment
// (MEL_QUICKSTART__STEPS): each over the one before, and the command line over all.

using System.Globalization;
using Mel.Runtime;
using Mel.Samples.QuickStart;
using Mel.Terminal;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using RunBoard board = new(options: new RunBoardOptions { StepsPerLine = 10 });
LayeredCommandLine line = new QuickStartCommand((settings, token) => Comparison.RunAsync(settings, board, token)).Parse(args);
return await new CommandLineProgram
{
    OnStopping = () => board.WriteLine("Stopping ... (Ctrl-C again leaves at once)"),
    OnStopped = () => Console.WriteLine("Stopped. Nothing is lost but the runs of this sample: they are short and start over."),
    Close = board.Dispose,
}.RunAsync(line.Result, line.Problems);
