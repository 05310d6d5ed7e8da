using System.Text.Json;
using Mel.Testing;
using Mel.Verifiers.Rules;

namespace Mel.Verifiers.Tests.Golden;

/// <summary>Every reference answer of the data sets parses and is found again in a box, between dollar signs and in a sentence.</summary>
[TestFixture, Category(ReferenceData.Category)]
public sealed class DataGoldTests
{
    // Golds that are no answer in the form the data gives them, with the reason.
    private static readonly Dictionary<string, string> Damaged = new(StringComparer.Ordinal)
    {
        ["221,$8"] = "damaged at the source: one half of the '$,$' between two answers is lost, so that between dollar signs it closes too early",
        ["f(x)=a x+b$, where $b$ is an arbitrary integer, and $a$ is an arbitrary positive integer with $\\mho(a)=0"]
            = "prose with inner dollar signs: in a sentence its own last formula is the last one",
    };

    [TestCase("math500"), TestCase("aime24"), TestCase("aime25"), TestCase("amc23"), TestCase("olympiadbench"), TestCase("gsm8k_test"),
        TestCase("gsm8k_train_2000"), TestCase("dapo_math_17k_sample2000")]
    public void Gold_InABoxInDollarsAndInASentence_VerifiesAgainstItself(string file)
    {
        MathVerifier evaluation = new(ExtractionOptions.Evaluation), training = new();
        HashSet<string> golds = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(ReferenceData.Require("data", file + ".jsonl")))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            golds.Add(row.RootElement.GetProperty("answer").GetString()!);
        }
        List<string> failures = [];
        foreach (string gold in golds)
        {
            if (!evaluation.CanRead(gold)) failures.Add($"{gold}: unreadable");
            if (!training.Verify(gold, $"Thus\n\\[\n\\boxed{{{gold}}}\n\\]").IsCorrect) failures.Add($"{gold}: in a box");
            if (Damaged.ContainsKey(gold)) continue;
            if (!evaluation.Verify(gold, $"Therefore the value is ${gold}$.").IsCorrect) failures.Add($"{gold}: in dollar signs");
            if (!evaluation.Verify(gold, $"After some work, the answer is {gold}.").IsCorrect) failures.Add($"{gold}: in a sentence");
        }
        TestContext.Out.WriteLine($"{file}: {golds.Count} distinct golds, {golds.Count(Damaged.ContainsKey)} damaged");
        failures.Should().BeEmpty();
    }
}
