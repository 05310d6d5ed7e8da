using System.Globalization;
using System.Text.Json;
using Mel.Testing;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>The errors of Math-Verify 0.9.0 and of this verifier on the same rows.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class MathVerifyComparisonTests
{
    // math-verify.jsonl is left out: those rows are that library's own tests, all of which it passes
    private static readonly string[] JudgedFiles = ["issues", "beyond", "peers", "latex2sympy", "differential", "responses"];

    [Test]
    public void Verdicts_RowsThatBothJudged_AreWrongLessOftenThanThoseOfMathVerify()
    {
        Dictionary<string, bool> changed = Changed();
        Questions questions = new(Path.GetDirectoryName(ReferenceData.Require("data", "math500.jsonl"))!);
        int[] theirs = [0, 0], ours = [0, 0]; // false negatives, false positives
        foreach (string file in JudgedFiles)
        {
            int rows = 0;
            int[] before = [.. theirs, .. ours];
            foreach (GoldenRow row in GoldenRow.Read(ReferenceData.Require("golden", "verify", file + ".jsonl")))
            {
                if (row.MathVerify is not { } verdict) continue;
                rows++;
                int kind = row.Expected ? 0 : 1;
                if (changed.GetValueOrDefault(row.Id, verdict) != row.Expected) theirs[kind]++;
                if (GoldenHarness.Judge(row, questions).IsCorrect != row.Expected) ours[kind]++;
            }
            TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{file}: {rows} rows; Math-Verify 0.9.0 FN {theirs[0] - before[0]}, FP {theirs[1] - before[1]}; "
                + $"Mel FN {ours[0] - before[2]}, FP {ours[1] - before[3]}"));
        }
        ours[0].Should().BeLessThan(theirs[0]);
        ours[1].Should().BeLessThan(theirs[1]);
    }

    // the rows whose verdict differs between Math-Verify 0.8.0, which the reference files hold, and 0.9.0
    private static Dictionary<string, bool> Changed()
    {
        Dictionary<string, bool> changed = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(ReferenceData.Require("golden", "verify", "math-verify-0.9.0.jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            changed[row.RootElement.GetProperty("id").GetString()!] = row.RootElement.GetProperty("v090").GetBoolean();
        }
        return changed;
    }
}
