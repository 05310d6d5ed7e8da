using System.CommandLine;
using System.Globalization;
using Mel.Rollouts;
using Mel.Runtime;
using Mel.Transformers;

namespace Mel.Samples.Miniature;

/// <summary>Prints the figures of a model, beside those recorded with its weights.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        Option<string> model = ModelOption();
        Option<ulong?> seed = new("--seed") { Description = "Seed of the examination. [default: the one recorded with the weights]" };
        Command command = new("evaluate", "Prints the figures of a model.") { model, seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = parsed.GetValue(model)!;
            ModelCard card = ModelCard.Load(folder);
            using TransformerPolicy policy = MiniatureModel.Load(folder);
            ExaminationOptions examination = card.Examination with { Seed = parsed.GetValue(seed) ?? card.Examination.Seed };
            ExaminationReport? recorded = examination.Seed == card.Examination.Seed ? card.Figures : null;
            await RunAsync(new World(card.WorldSeed), policy, examination, recorded, Console.Out, cancellationToken);
        });
        return command;
    }

    /// <summary>The option that names a model.</summary>
    internal static Option<string> ModelOption() => new Option<string>("--model")
    {
        Description = "Folder of the model; without it the built-in one.", DefaultValueFactory = _ => MiniatureModel.Folder,
    }.Exists();

    public static async Task RunAsync(
        World world, ISampler sampler, ExaminationOptions options, ExaminationReport? recorded, TextWriter output, CancellationToken cancellationToken)
    {
        ExaminationReport report = await new Examination(world, sampler, options).RunAsync(cancellationToken);
        output.WriteLine($"World {World.Version}, seed {world.Seed}; examination seed {options.Seed}: {options.GreedyQuestions} held-out questions at T = 0, "
            + $"{options.SampledQuestions} x {options.Samples} at T = 0.6, {options.ExperienceQuestions} training questions x {options.Samples} at T = 1.");
        for (int i = 0; i < report.Rows.Count; i++)
            output.WriteLine(
                $"  {report.Rows[i].Name,-34}{Format(report.Rows[i].Value),8}{(recorded is null ? "" : $"   recorded {Format(recorded.Rows[i].Value),8}")}");
    }

    internal static string Format(double value) => value.ToString(value > 1 ? "0" : "0.000", CultureInfo.InvariantCulture);
}
