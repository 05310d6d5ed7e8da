using System.CommandLine;
using System.Diagnostics;
using Mel.Runtime;
using Mel.Transformers;

namespace Mel.Samples.Miniature;

/// <summary>Makes the weights of the built-in model: random initialization, warm start, examination, and a folder with all three.</summary>
internal static class WarmStartCommand
{
    public static Command Create()
    {
        WarmStartOptions defaults = new();
        Option<string> output = new("--out") { Description = "Folder of the model.", DefaultValueFactory = _ => Path.Combine("runs", "warm-start") };
        Option<int> steps = new Option<int>("--steps") { Description = "Steps of the training.", DefaultValueFactory = _ => defaults.Steps }.AtLeast(1);
        Option<ulong> seed = new("--seed") { Description = "Seed of the corpus.", DefaultValueFactory = _ => defaults.Seed };
        Option<ulong> world = new("--world") { Description = "Seed of the world.", DefaultValueFactory = _ => World.DefaultSeed };
        Option<ulong> init = new("--init") { Description = "Seed of the weights at the start.", DefaultValueFactory = _ => 1UL };
        Command command = new("warm-start", "Makes the weights.") { output, steps, seed, world, init };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new World(parsed.GetValue(world)), parsed.GetValue(init), defaults with { Seed = parsed.GetValue(seed), Steps = parsed.GetValue(steps) },
            parsed.GetValue(output)!, Console.Out, cancellationToken));
        return command;
    }

    public static async Task RunAsync(
        World world, ulong initializationSeed, WarmStartOptions options, string folder, TextWriter output, CancellationToken cancellationToken)
    {
        using TransformerPolicy policy = MiniatureModel.Create(initializationSeed);
        output.WriteLine(
            $"World {World.Version}, seed {world.Seed}; {policy.Parameters.Values.Sum(p => p.numel()):N0} parameters; {options.Steps} steps to '{folder}'.");
        var clock = Stopwatch.StartNew();
        new WarmStart(world.Beliefs, policy, options).Run(new Lines(options.Steps, clock, output), cancellationToken);
        output.WriteLine($"Trained in {clock.Elapsed.TotalSeconds:0} s.");

        var examination = new ExaminationOptions();
        ExaminationReport report = await new Examination(world, policy, examination).RunAsync(cancellationToken);
        MiniatureModel.Save(policy, new ModelCard(World.Version, world.Seed, initializationSeed, options, examination, report), folder);
        foreach ((string name, double value) in report.Rows) output.WriteLine($"  {name,-34}{EvaluateCommand.Format(value),8}");
    }

    /// <summary>Writes a line every 50 steps, on the thread that trains.</summary>
    private sealed class Lines(int steps, Stopwatch clock, TextWriter output) : IProgress<WarmStartStep>
    {
        private const int Every = 50;

        public void Report(WarmStartStep value)
        {
            if (value.Step % Every != 0 && value.Step != steps) return;
            string losses = string.Join("  ", value.Losses.Select(l => $"{l.Key} {l.Value:0.000}"));
            output.WriteLine($"step {value.Step,5}/{steps}  {clock.Elapsed.TotalSeconds,5:0} s  {losses}");
        }
    }
}
