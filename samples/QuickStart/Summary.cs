using System.Globalization;
using Mel.Experiences;
using Mel.Samples.Miniature;

namespace Mel.Samples.QuickStart;

/// <summary>Prints some meta-experiences, the table and what it says.</summary>
internal static class Summary
{
    public static void Print(TextWriter output, World world, Scores start, Variant[] variants, Outcome[] outcomes, Settings settings, TimeSpan total)
    {
        Experiences(output, world, outcomes[^1]);
        Table(output, start, variants, outcomes, settings);
        Findings(output, start, variants, outcomes);
        output.WriteLine();
        output.WriteLine(
            $"{total.TotalSeconds:F0} s in all, the runs side by side. Every step's figures: {Path.Combine(settings.OutputFolder, "*", "metrics.jsonl")}");
    }

    private static void Experiences(TextWriter output, World world, Outcome outcome)
    {
        if (outcome.Training.Last is not { } last || last.Experiences.Retained.Count == 0) return;
        output.WriteLine($"Meta-experiences the model wrote in step {last.Step} and proved by replay:");
        foreach (MetaExperience experience in last.Experiences.Retained.DistinctBy(e => e.Pair.Group.Prompt.Id).Take(3))
        {
            bool isTrue = Lesson.TryParse(experience.Text, out Lesson? lesson, out _) && lesson.IsTrueIn(world);
            output.WriteLine();
            output.WriteLine($"  question     {experience.Pair.Group.Prompt.Text}");
            output.WriteLine($"  right        {experience.Pair.Correct.Text}");
            output.WriteLine($"  wrong        {experience.Pair.Incorrect.Text}");
            output.WriteLine($"  bifurcation  {experience.BifurcationPoint}");
            output.WriteLine($"  critique     {experience.Critique}");
            output.WriteLine($"  heuristic    {experience.Heuristic}   ({(isTrue ? "true" : "false")} in this world; the trainer does not know)");
        }

        output.WriteLine();
    }

    private static void Table(TextWriter output, Scores start, Variant[] variants, Outcome[] outcomes, Settings settings)
    {
        output.WriteLine($"| {"",-22} | Pass@1 (T=0) | Avg@8 (T=0.6) | Pass@8 (T=0.6) | steps | seconds |");
        output.WriteLine("|------------------------|-------------:|--------------:|---------------:|------:|--------:|");
        Row("base", start, 0, TimeSpan.Zero);
        for (int i = 0; i < variants.Length; i++) Row(variants[i].Name, outcomes[i].Evaluation, settings.Steps, outcomes[i].Duration);
        output.WriteLine();

        void Row(string name, Scores r, int steps, TimeSpan time)
            => output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name,-22} | {100 * r.Greedy.PassAt1,12:F1} | {100 * r.Sampled.AverageAtK,13:F1} | {100 * r.Sampled.PassAtK,14:F1} | "
                + $"{steps,5} | {time.TotalSeconds,7:F1} |"));
    }

    private static void Findings(TextWriter output, Scores start, Variant[] variants, Outcome[] outcomes)
    {
        Scores grpo = outcomes[0].Evaluation;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"GRPO raised Pass@1 by {100 * (grpo.Greedy.PassAt1 - start.Greedy.PassAt1):F1} points over the warm start."));
        for (int i = 1; i < variants.Length; i++)
        {
            Scores own = outcomes[i].Evaluation;
            double gain = own.Greedy.PassAt1 - grpo.Greedy.PassAt1;
            double error = Math.Sqrt((Variance(own) + Variance(grpo)) / own.Greedy.Questions);
            string reading = Math.Abs(gain) < 2 * error ? "within the noise of one run"
                : gain > 0 ? "better than noise explains, on this one seed" : "worse than noise explains, on this one seed";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{variants[i].Name}: {100 * gain:+0.0;-0.0} points against GRPO at equal steps (standard error of the questions {100 * error:F1}): "
                + $"{reading}. {100 * outcomes[i].TruthOfRetained:F0} % of the last heuristics are true."));
        }

        static double Variance(Scores r) => r.Greedy.PassAt1 * (1 - r.Greedy.PassAt1);
    }
}
