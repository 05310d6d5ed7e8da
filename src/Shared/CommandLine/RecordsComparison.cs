using Mel.Evaluation;
using Mel.Verifiers;
using Spectre.Console;

namespace Mel.Runtime;

/// <summary>Says how much better one evaluation is than another on the same questions, and whether that is more than chance.</summary>
internal sealed class RecordsComparison
{
    private readonly EvaluationRecords _first, _second;

    private RecordsComparison(EvaluationRecords first, EvaluationRecords second) => (_first, _second) = (first, second);

    /// <summary>The figures of the first evaluation: Pass@1, Avg@k, Pass@k and Maj@k, as far as there are any.</summary>
    public IReadOnlyList<EvaluationFigure> First => Figures(new EvaluationReport(_first.Records));

    /// <summary>Those of the second.</summary>
    public IReadOnlyList<EvaluationFigure> Second => Figures(new EvaluationReport(_second.Records));

    /// <exception cref="EvaluationRecordsException">A file is none of records, or the two are of different questions.</exception>
    public static RecordsComparison Load(string firstPath, string secondPath)
    {
        EvaluationRecords first = EvaluationRecords.Load(firstPath), second = EvaluationRecords.Load(secondPath);
        Dictionary<string, string> digests = first.Records.DistinctBy(r => r.Question).ToDictionary(r => r.Question, r => r.Digest);
        if (second.Records.FirstOrDefault(r => digests.TryGetValue(r.Question, out string? digest) && digest != r.Digest) is { } other)
            throw new EvaluationRecordsException(
                secondPath, 0, $"the question '{other.Question}' has another text or answer there. Compare evaluations on the same questions.");
        return new RecordsComparison(first, second);
    }

    /// <summary>Writes a row per figure: both values, their difference with its interval, and the probability of such a one by chance.</summary>
    public void Write(IAnsiConsole console, ulong seed)
    {
        string[] different =
        [
            .. _first.Settings.Keys.Union(_second.Settings.Keys).Where(name => !name.StartsWith("sampler", StringComparison.Ordinal) && name != "data.content")
                .Where(name => _first.Settings.GetValueOrDefault(name) != _second.Settings.GetValueOrDefault(name)).Order(StringComparer.Ordinal)
                .Select(name => $"{name} {_first.Settings.GetValueOrDefault(name, "absent")} and {_second.Settings.GetValueOrDefault(name, "absent")}"),
        ];
        if (different.Length > 0) console.WriteLine($"The two were not evaluated alike: {string.Join("; ", different)}.");

        Table table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (string name in (string[])["first", "second", "difference", "95 % interval", "p"]) table.AddColumn(new TableColumn(name).RightAligned());
        PairedComparison? last = null;
        foreach ((EvaluationFigure a, EvaluationFigure b) in First.Join(Second, f => f.Name, f => f.Name, (a, b) => (a, b)))
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

    /// <summary>The figures there are; equal answers in different notations are one.</summary>
    private static EvaluationFigure[] Figures(EvaluationReport report)
    {
        MathVerifier verifier = new();
        int k = report.Samples;
        EvaluationFigure[] all = k == 0 ? [report.Greedy]
            : [report.Greedy, report.Average, report.PassAt(k), report.MajorityAt(k, (a, b) => a == b || verifier.Compare(a, b).IsCorrect)];
        return [.. all.Where(figure => !double.IsNaN(figure.Mean))];
    }
}
