// Trains the built-in model three times on the same questions from the same start: GRPO, GRPO with the meta-experiences of Eq. 7, and GRPO with their
// heuristics alone. Shows progress, some of the meta-experiences the model wrote, and what came of it.
//
//   dotnet run -c Release --project samples/QuickStart [-- --steps 40 --seed 1 --out runs/quickstart]

using System.Diagnostics;
using Mel.Prompts;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Samples.QuickStart;
using Mel.Terminal;
using Mel.Transformers;

if (!Settings.TryParse(args, out Settings settings, out string? problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

ComputeThreads.Set(1);     // the runs go side by side, one thread each: small matrices gain nothing from a second one
using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

Stopwatch total = Stopwatch.StartNew();
World world = MiniatureModel.LoadWorld();
PromptList questions = new(QuestionSets.Training(world, settings.Steps * Variant.PromptsPerStep, settings.Seed));
HeldOut heldOut = new(QuestionSets.HeldOut(world, 768, seed: 7));

Console.WriteLine(
        $"A {MiniatureModel.Config.Layers}-layer decoder, {settings.Steps} steps of {Variant.PromptsPerStep} questions x {Variant.GroupSize} attempts; "
        + $"seed {settings.Seed}.");
Console.WriteLine();

try
{
    Scores start;
    using (TransformerPolicy policy = MiniatureModel.Load()) start = await heldOut.RunAsync(policy, stop.Token);

    Variant[] variants = Variant.All;
    Outcome[] outcomes = new Outcome[variants.Length];
    using (RunBoard board = new(options: new RunBoardOptions { StepsPerLine = 10 }))
    {
        BoardRun[] runs = [.. variants.Select(v => board.Add(v.Name))];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = stop.Token };
        await Parallel.ForAsync(0, variants.Length, parallel, async (i, token) =>
            outcomes[i] = await variants[i].RunAsync(world, questions, heldOut, settings, runs[i], token));
    }

    Console.WriteLine();
    Summary.Print(Console.Out, world, start, variants, outcomes, settings, total.Elapsed);
    return 0;
}
catch (OperationCanceledException)
{
    Console.WriteLine();
    Console.WriteLine("Stopped. Nothing is lost but the runs of this sample: they are short and start over.");
    return 130;
}
