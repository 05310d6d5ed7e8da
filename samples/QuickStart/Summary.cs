using Mel.Experiences;
using Mel.Samples.Miniature;
using Mel.Terminal;
using Spectre.Console;

namespace Mel.Samples.QuickStart;

/// <summary>Prints some meta-experiences, the table and what it says.</summary>
/// <param name="world">Knows which heuristics are true.</param>
/// <param name="start">The model before training.</param>
/// <param name="outcomes">For each variant its outcomes, one per seed.</param>
/// <param name="settings">What the command line says.</param>
internal sealed class Summary(World world, Scores start, Outcome[][] outcomes, Settings settings)
{
    public void Print(TextWriter output, TimeSpan total)
    {
        output.WriteLine();
        Experiences(output, outcomes[^1][0]);
        Table(output);
        Findings(output);
        output.WriteLine();
        Paragraph.Write(output, $"{total.TotalSeconds:F0} s in all, the runs side by side. Curves: {Path.Combine(settings.Out, "curves.png")}");
        Paragraph.Write(output, $"Every step's figures: {Path.Combine(settings.Out, "*", "seed-*", "metrics.jsonl")}");
        Paragraph.Write(output, $"A page for each run: dotnet run -c Release --project src/Mel.Tool -- report {settings.Out}");
    }

    private void Experiences(TextWriter output, Outcome outcome)
    {
        if (outcome.Training.Last is not { } last || last.Experiences.Retained.Count == 0) return;
        Paragraph.Write(
            output, $"Meta-experiences the model wrote in step {last.Step} and proved by replay; the trainer never learns whether they are true:", indent: 2);
        foreach (MetaExperience experience in last.Experiences.Retained.DistinctBy(e => e.Pair.Group.Prompt.Id).Take(3))
        {
            bool isTrue = Lesson.TryParse(experience.Text, out Lesson? lesson, out _) && lesson.IsTrueIn(world);
            output.WriteLine();
            Part("question", experience.Pair.Group.Prompt.Text);
            Part("right", experience.Pair.Correct.Text);
            Part("wrong", experience.Pair.Incorrect.Text);
            Part("bifurcation", experience.BifurcationPoint);
            Part("critique", experience.Critique);
            Part("heuristic", $"{experience.Heuristic}   ({(isTrue ? "true" : "false")} in this world)");
        }

        output.WriteLine();

        void Part(string name, string text) => Paragraph.Write(output, $"  {name,-11}  {text}", indent: 15);
    }

    private void Table(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.WriteComparison(
            ["", "Pass@1 (T=0)", "Avg@8 (T=0.6)", "Pass@8 (T=0.6)", "seconds"],
            [Row("base", [start], 0), .. Variant.All.Select((v, i) => Row(v.Name, [.. outcomes[i].Select(o => o.Evaluation)], Seconds(outcomes[i])))]);
        if (settings.Seeds > 1) Paragraph.Write(output, $"Percent and seconds: mean over {settings.Seeds} seeds, then lowest-highest.");
        output.WriteLine();

        static double Seconds(Outcome[] runs) => runs.Average(r => r.Duration.TotalSeconds);
        static string[] Row(string name, Scores[] scores, double seconds) =>
        [
            name, Cell(scores.Select(s => s.Greedy.PassAt1)), Cell(scores.Select(s => s.Sampled.AverageAtK)), Cell(scores.Select(s => s.Sampled.PassAtK)),
            $"{seconds:F0}",
        ];
    }

    private static string Cell(IEnumerable<double> shares)
    {
        double[] values = [.. shares.Select(s => 100 * s)];
        return values.Length == 1 ? $"{values[0]:F1}" : $"{values.Average():F1} {values.Min():F1}-{values.Max():F1}";
    }

    private void Findings(TextWriter output)
    {
        Finding("GRPO against the warm start", [.. outcomes[0].Select(own => own.Evaluation.Greedy.PassAt1 - start.Greedy.PassAt1)], "");
        for (int i = 1; i < outcomes.Length; i++)
        {
            double[] gains = [.. outcomes[i].Zip(outcomes[0], (own, grpo) => own.Evaluation.Greedy.PassAt1 - grpo.Evaluation.Greedy.PassAt1)];
            double[] truths = [.. outcomes[i].Select(o => o.TruthOfRetained).Where(double.IsFinite)];
            Finding($"{Variant.All[i].Name} against GRPO", gains, truths.Length == 0 ? "" : $" {100 * truths.Average():F0} % of the last heuristics are true.");
        }

        Paragraph.Write(output, settings.Seeds == 1
            ? "One seed cannot tell a better method from luck; --seeds 3 can begin to."
            : "A difference is taken seed by seed, at equal steps; its interval (Student's t) says how it varies with the seed. "
                + "Where it holds 0 there is no verdict.");

        void Finding(string name, double[] differences, string more) => Paragraph.Write(output, $"{name}: {new SeedFinding(differences)}{more}", indent: 2);
    }
}
