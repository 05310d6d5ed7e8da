using System.Globalization;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>Runs the verifier over reference rows the way a user would configure it for each, and counts what it gets wrong.</summary>
internal static class GoldenHarness
{
    public sealed record Failure(GoldenRow Row, MathVerification Result);

    public sealed record Report(string File, int Correct, int Wrong, IReadOnlyList<Failure> FalseNegatives, IReadOnlyList<Failure> FalsePositives,
        IReadOnlyDictionary<string, int> Kinds)
    {
        public int Rows => Correct + Wrong;

        public double Agreement => 1 - (FalseNegatives.Count + FalsePositives.Count) / (double)Math.Max(1, Rows);

        /// <summary>False negatives among the rows whose answer is right.</summary>
        public double FalseNegativeRate => FalseNegatives.Count / (double)Math.Max(1, Correct);
    }

    public static Report Run(string path, Func<GoldenRow, bool>? filter = null)
    {
        Questions questions = new(Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "data"));
        List<Failure> negatives = [], positives = [];
        Dictionary<string, int> kinds = new(StringComparer.Ordinal);
        int correct = 0, wrong = 0;
        foreach (GoldenRow row in GoldenRow.Read(path))
        {
            if (filter?.Invoke(row) == false) continue;
            kinds[row.Kind] = kinds.GetValueOrDefault(row.Kind) + 1;
            if (row.Expected) correct++;
            else wrong++;
            MathVerification result = Judge(row, questions);
            if (result.IsCorrect == row.Expected) continue;
            (row.Expected ? negatives : positives).Add(new Failure(row, result));
        }
        return new Report(Path.GetFileNameWithoutExtension(path), correct, wrong, negatives, positives, kinds);
    }

    public static MathVerification Judge(GoldenRow row, Questions? questions = null)
        => For(row).Verify(row.Gold ?? "", row.Prediction, questions?.Of(row.ProblemId));

    /// <summary>The verifier for a row: the Evaluation preset, and the options that the row's own configuration names.</summary>
    public static MathVerifier For(GoldenRow row)
    {
        MathVerifierOptions options = new() { Extraction = ExtractionOptions.Evaluation };
        if (int.TryParse(row.Setting("float_rounding"), CultureInfo.InvariantCulture, out int places)) options.AnswerRules.DecimalPlaces = places;
        if (row.Setting("strict") == "false") options.AnswerRules.RenameVariables = true;
        if (row.Setting("targets")?.StartsWith("NativeLetters", StringComparison.Ordinal) == true) options.Extraction = ExtractionOptions.MultipleChoice;
        if (row.Setting("strings") is { } letters)
        {
            options.Extraction = ExtractionOptions.MultipleChoice;
            options.Extraction.ChoiceLetters = letters.Replace(",", "", StringComparison.Ordinal);
        }
        if (row.Setting("fn")?.StartsWith("reasoning_accuracy_reward", StringComparison.Ordinal) == true)
        {
            options.Extraction.ReasoningEnds = [row.Setting("reasoning_delimiters") ?? "</think>"];
            options.Extraction.RequireReasoning = true;
        }
        return new MathVerifier(options);
    }

    public static void Print(Report report, TextWriter output)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{report.File,-14} rows {report.Rows,5}  FN {report.FalseNegatives.Count,4} ({report.FalseNegativeRate:P2})  FP {report.FalsePositives.Count,4}  "
            + $"agreement {report.Agreement:P2}"));
        IEnumerable<Failure> failures = report.FalseNegatives.Concat(report.FalsePositives);
        foreach (IGrouping<string, Failure> kind in failures.GroupBy(static f => f.Row.Kind).OrderByDescending(static g => g.Count()))
            output.WriteLine($"    {kind.Key}: {kind.Count()} of {report.Kinds[kind.Key]}");
        foreach (Failure failure in report.FalseNegatives) output.WriteLine("  FN " + Describe(failure));
        foreach (Failure failure in report.FalsePositives) output.WriteLine("  FP " + Describe(failure));
    }

    private static string Describe(Failure failure)
    {
        GoldenRow row = failure.Row;
        string tail = row.Prediction.Length > 220 ? "..." + row.Prediction[^220..] : row.Prediction;
        string decided = $"{failure.Result.Outcome} {failure.Result.Rule} {failure.Result.Method}";
        return $"{row.Id} [{row.Kind}] gold {row.Gold} | answer {failure.Result.Answer} | {decided} | {tail.ReplaceLineEndings("\\n")}";
    }
}
