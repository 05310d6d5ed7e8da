using System.Diagnostics;
using Mel.Diagnostics;
using Mel.Prompts;
using Mel.Report;
using Mel.Runtime;
using Mel.Samples.Miniature;
using Mel.Terminal;
using Mel.Transformers;

namespace Mel.Samples.QuickStart;

/// <summary>
/// Trains every variant with every seed. A seed has questions and samples of its own, the same for all variants, so that variants are compared seed by seed.
/// </summary>
internal static class Comparison
{
    public static async Task RunAsync(Settings settings, RunBoard board, CancellationToken cancellationToken)
    {
        ComputeThreads.Set(1);     // the runs go side by side, one thread each: small matrices gain nothing from a second one
        Stopwatch total = Stopwatch.StartNew();
        World world = MiniatureModel.LoadWorld();
        HeldOut heldOut = new(QuestionSets.HeldOut(world, 768, seed: 7));
        Paragraph.Write(
            Console.Out,
            $"A {MiniatureModel.Config.Layers}-layer decoder, {settings.Steps} steps of {Variant.PromptsPerStep} questions x {Variant.GroupSize} attempts; "
            + $"seed{(settings.Seeds > 1 ? "s" : "")} {string.Join(", ", settings.AllSeeds)}.");
        Console.WriteLine();

        Scores start;
        using (TransformerPolicy policy = MiniatureModel.Load()) start = await heldOut.RunAsync(policy, cancellationToken);
        var jobs = (from seed in settings.AllSeeds
                    let questions = new PromptList(QuestionSets.Training(world, settings.Steps * Variant.PromptsPerStep, seed))
                    from variant in Variant.All
                    select (Variant: variant, Seed: seed, Questions: questions, Line: board.Add($"{variant.Name} {seed}"))).ToArray();
        Outcome[] outcomes = new Outcome[jobs.Length];
        using (board)
        {
            ParallelOptions parallel = new() { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, jobs.Length, parallel, async (i, token) => outcomes[i] = await jobs[i].Variant.RunAsync(
                world, jobs[i].Questions, heldOut, settings, jobs[i].Seed, jobs[i].Line, token));
        }

        Draw(settings);
        Summary summary = new(world, start, [.. Variant.All.Select(v => outcomes.Where((_, i) => jobs[i].Variant == v).ToArray())], settings);
        summary.Print(Console.Out, total.Elapsed);
    }

    private static void Draw(Settings settings)
    {
        RunGroup[] groups =
            [.. Variant.All.Select(v => new RunGroup(v.Name, [.. settings.AllSeeds.Select(seed => RunFigures.Load(settings.RunFolder(v, seed)))]))];
        foreach (string picture in (string[])["curves.png", "curves.svg"])
            RunCharts.Curves(Path.Combine(settings.Out, picture), MetricNames.Accuracy, groups, new ChartOptions { Smoothing = 5 });
    }
}
