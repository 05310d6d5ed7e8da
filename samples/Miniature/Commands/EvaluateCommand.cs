using System.Globalization;
using Mel.Rollouts;

namespace Mel.Samples.Miniature;

/// <summary>Prints the figures of a model, beside those recorded with its weights.</summary>
internal static class EvaluateCommand
{
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
