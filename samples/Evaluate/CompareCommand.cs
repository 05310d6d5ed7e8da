using System.CommandLine;
using Mel.Evaluation;
using Mel.Verifiers;
using Spectre.Console;

namespace Mel.Samples.Evaluate;

/// <summary>Says how much better one evaluation is than another on the same questions, and whether that is more than chance.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        Argument<string> first = new Argument<string>("first") { Description = "Records to compare with." }.Exists();
        Argument<string> second = new Argument<string>("second") { Description = "Records that are better where the difference is positive." }.Exists();
        Option<ulong> seed = new("--seed") { Description = "Seed of the resamples.", DefaultValueFactory = _ => 0UL };
        Command command = new("compare", "Compares two records files question by question.") { first, second, seed };
        command.SetAction(parsed => Write(Terminal.Open(), parsed.GetValue(first)!, parsed.GetValue(second)!, parsed.GetValue(seed)));
        return command;
    }

    private static void Write(IAnsiConsole console, string firstPath, string secondPath, ulong seed)
    {
        EvaluationRecords first = EvaluationRecords.Load(firstPath), second = EvaluationRecords.Load(secondPath);
        RequireSameQuestions(first, second, secondPath);
        string[] different =
        [
            .. first.Settings.Keys.Union(second.Settings.Keys).Where(name => !name.StartsWith("sampler", StringComparison.Ordinal) && name != "data.content")
                .Where(name => first.Settings.GetValueOrDefault(name) != second.Settings.GetValueOrDefault(name)).Order(StringComparer.Ordinal)
                .Select(name => $"{name} {first.Settings.GetValueOrDefault(name, "absent")} and {second.Settings.GetValueOrDefault(name, "absent")}"),
        ];
        if (different.Length > 0) console.WriteLine($"The two were not evaluated alike: {string.Join("; ", different)}.");

        Table table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (string name in (string[])["first", "second", "difference", "95 % interval", "p"]) table.AddColumn(new TableColumn(name).RightAligned());
        EvaluationReport before = new(first.Records), after = new(second.Records);
        PairedComparison? last = null;
        foreach ((EvaluationFigure a, EvaluationFigure b) in Figures(before).Join(Figures(after), f => f.Name, f => f.Name, (a, b) => (a, b)))
        {
            last = PairedComparison.Of(a, b, seed: seed);
            table.AddRow(
                a.Name, $"{100 * a.Mean:F2}", $"{100 * b.Mean:F2}", $"{100 * last.Difference:+0.00;-0.00;0.00}",
                $"{100 * last.Interval.Low:+0.0;-0.0;0.0} to {100 * last.Interval.High:+0.0;-0.0;0.0}",
                $"{last.Test.TwoSided:F4}{(last.Test.IsExact ? "" : " *")}");
        }

        if (last is null) throw new ArgumentException("The two have no figure in common: one was greedy only, or their numbers of samples differ.");
        console.Write(table);
        console.WriteLine($"{last.Questions} questions in common, {last.Unpaired} in one only. Percent; p is that of the sign-flip test (* drawn, not exact).");
    }

    /// <summary>Pass@1, Avg@k, Pass@k and Maj@k, as far as there are any; equal answers in different notations are one.</summary>
    private static IEnumerable<EvaluationFigure> Figures(EvaluationReport report)
    {
        MathVerifier verifier = new();
        int k = report.Samples;
        IEnumerable<EvaluationFigure> all = k == 0 ? [report.Greedy]
            : [report.Greedy, report.Average, report.PassAt(k), report.MajorityAt(k, (a, b) => a == b || verifier.Compare(a, b).IsCorrect)];
        return all.Where(figure => !double.IsNaN(figure.Mean));
    }

    private static void RequireSameQuestions(EvaluationRecords first, EvaluationRecords second, string path)
    {
        Dictionary<string, string> digests = first.Records.DistinctBy(r => r.Question).ToDictionary(r => r.Question, r => r.Digest);
        if (second.Records.FirstOrDefault(r => digests.TryGetValue(r.Question, out string? digest) && digest != r.Digest) is { } other)
            throw new EvaluationRecordsException(
                path, 0, $"the question '{other.Question}' has another text or answer there. Compare evaluations on the same questions.");
    }
}
