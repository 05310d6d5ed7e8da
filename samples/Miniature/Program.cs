using System.Globalization;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Transformers;

const string usage = """
    The miniature: a synthetic world of step-by-step reasoning, and a small model that half understands it.

      warm-start [--out <folder>] [--seed <n>] [--steps <n>] [--world <n>] [--init <n>]   makes the weights
      evaluate   [--model <folder>] [--seed <n>]                                          prints the figures of a model
      show       [--model <folder>] [--seed <n>] [--questions <n>]                        prints questions, solutions and lessons
    """;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
ComputeThreads.Set(1);     // the matrices are small: a second thread costs more than it brings
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    switch (args)
    {
        case ["warm-start", .. string[] rest]:
        {
            var options = new Arguments(rest, "--out", "--seed", "--steps", "--world", "--init");
            var defaults = new WarmStartOptions();
            WarmStartOptions recipe = defaults with { Seed = options.Seed("--seed", defaults.Seed), Steps = options.Count("--steps", defaults.Steps) };
            var world = new World(options.Seed("--world", World.DefaultSeed));
            await WarmStartCommand.RunAsync(
                world, options.Seed("--init", 1), recipe, options.Text("--out", Path.Combine("runs", "warm-start")), Console.Out, stop.Token);
            return 0;
        }
        case ["evaluate", .. string[] rest]:
        {
            var options = new Arguments(rest, "--model", "--seed");
            string folder = options.Text("--model", MiniatureModel.Folder);
            ModelCard card = ModelCard.Load(folder);
            using TransformerPolicy policy = MiniatureModel.Load(folder);
            ulong seed = options.Seed("--seed", card.Examination.Seed);
            ExaminationReport? recorded = seed == card.Examination.Seed ? card.Figures : null;
            await EvaluateCommand.RunAsync(new World(card.WorldSeed), policy, card.Examination with { Seed = seed }, recorded, Console.Out, stop.Token);
            return 0;
        }
        case ["show", .. string[] rest]:
        {
            var options = new Arguments(rest, "--model", "--seed", "--questions");
            string folder = options.Text("--model", MiniatureModel.Folder);
            using TransformerPolicy policy = MiniatureModel.Load(folder);
            await ShowCommand.RunAsync(
                MiniatureModel.LoadWorld(folder), policy, options.Count("--questions", 3), options.Seed("--seed", 1), Console.Out, stop.Token);
            return 0;
        }
        default:
            Console.Error.WriteLine(usage);
            return 2;
    }
}
catch (Exception e) when (e is ArgumentException or IOException or InvalidDataException or OperationCanceledException)
{
    Console.Error.WriteLine(e.Message);
    return e is ArgumentException ? 2 : 1;
}
