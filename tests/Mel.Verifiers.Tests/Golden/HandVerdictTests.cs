using System.Globalization;
using System.Text.Json;
using Mel.Testing;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>Rows written by hand, one convention each: what a policy would find under reinforcement, and right answers in unusual notation.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class HandVerdictTests
{
    private sealed record Row(string Id, string Kind, string Gold, string Prediction, bool Expected, string Preset, string? Question);

    [Test]
    public void Verdicts_HandWrittenRows_NoFalsePositiveAndFewFalseNegatives()
    {
        MathVerifier training = new(), evaluation = new(ExtractionOptions.Evaluation), choice = new(ExtractionOptions.MultipleChoice);
        int right = 0;
        List<string> positives = [], negatives = [];
        foreach (Row row in Read(ReferenceData.Require("cases", "verify", "hand.jsonl")))
        {
            MathVerifier verifier = row.Preset switch { "Training" => training, "MultipleChoice" => choice, _ => evaluation };
            MathVerification result = verifier.Verify(row.Gold, row.Prediction, row.Question);
            if (row.Expected) right++;
            if (result.IsCorrect != row.Expected)
            {
                string got = $"{result.Outcome} {result.Rule} {result.Method} {result.Answer}";
                (row.Expected ? negatives : positives).Add($"{row.Id} [{row.Kind}] gold {row.Gold} | {row.Prediction} | {got}");
            }
        }

        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"FN {negatives.Count} of {right}, FP {positives.Count}"));
        foreach (string line in negatives) TestContext.Out.WriteLine("FN " + line);
        foreach (string line in positives) TestContext.Out.WriteLine("FP " + line);
        positives.Should().BeEmpty();
        negatives.Count.Should().BeLessThanOrEqualTo((int)(0.02 * right));
    }

    private static IEnumerable<Row> Read(string path)
    {
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            string Text(string name) => row.GetProperty(name).GetString()!;
            string? question = row.TryGetProperty("question", out JsonElement asked) ? asked.GetString() : null;
            bool expected = row.GetProperty("expected").GetBoolean();
            yield return new Row(Text("id"), Text("kind"), Text("gold"), Text("prediction"), expected, Text("preset"), question);
        }
    }
}
